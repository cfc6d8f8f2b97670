package live.telemetry.tck.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Both ends of a connection through a proxy. */
record Link(Socket client, Socket server, ProxiedConnection connection) implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 10_000;
    private static final int SILENCE_MILLIS = 200;

    static ServerSocket listen() throws IOException {
        ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        listener.setSoTimeout(TIMEOUT_MILLIS);
        return listener;
    }

    static Socket connect(FaultProxy proxy) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return socket;
    }

    static Link open(FaultProxy proxy, ServerSocket listener) throws IOException {
        return accept(connect(proxy), proxy, listener);
    }

    static Link accept(Socket client, FaultProxy proxy, ServerSocket listener) throws IOException {
        Socket server = listener.accept();
        server.setSoTimeout(TIMEOUT_MILLIS);
        List<ProxiedConnection> open = proxy.connections();
        ProxiedConnection connection = open.get(open.size() - 1);
        // The server's side of a connection is there before the proxy's.
        await().until(connection::isRelaying);
        return new Link(client, server, connection);
    }

    static void send(Socket from, String text) throws IOException {
        from.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    static void assertReads(Socket to, String text) throws IOException {
        byte[] read = to.getInputStream().readNBytes(text.length());
        assertThat(new String(read, StandardCharsets.US_ASCII)).isEqualTo(text);
    }

    static void assertEnd(Socket to) throws IOException {
        assertThat(to.getInputStream().read()).isEqualTo(-1);
    }

    static void assertReset(Socket to) {
        assertThatThrownBy(() -> to.getInputStream().read())
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
    }

    static void assertSilent(Socket to) throws IOException {
        to.setSoTimeout(SILENCE_MILLIS);
        assertThatThrownBy(() -> to.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        to.setSoTimeout(TIMEOUT_MILLIS);
    }

    @Override
    public void close() throws IOException {
        client.close();
        server.close();
    }
}
