package live.telemetry.client.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes the one socket of a transport, connected and with TLS over it where the scheme asks for it. {@code WebSocketClient}
 * keeps its socket to itself, and its {@code close()} does nothing while it is still connecting; this holds on to the socket,
 * so that an attempt can be cut at any time.
 *
 * <p>{@link #createSocket()} runs on the transport's thread, {@link #cut()} on any: the socket is stored before it is
 * connected, and whoever comes second sees what the other one has done.
 */
final class DialingSocketFactory extends SocketFactory {

    private final String host;
    private final int port;
    private final boolean tls;
    private final int connectTimeoutMillis;

    private @Nullable Socket socket;
    private boolean cut;

    DialingSocketFactory(URI uri, int connectTimeoutMillis) {
        this.tls = "wss".equals(uri.getScheme());
        // A literal IPv6 address stands in brackets in a URI, but not in a certificate.
        this.host = uri.getHost().replaceAll("^\\[|]$", "");
        this.port = uri.getPort() != -1 ? uri.getPort() : tls ? 443 : 80;
        this.connectTimeoutMillis = connectTimeoutMillis;
    }

    @Override
    public Socket createSocket() throws IOException {
        Socket plain = keep(new Socket());
        try {
            // Nagle's algorithm would hold back small envelopes; here for the handshake as well.
            plain.setTcpNoDelay(true);
            plain.connect(new InetSocketAddress(host, port), connectTimeoutMillis);
            if (!tls) {
                return plain;
            }
            // The host's name is what the certificate is checked against; WebSocketClient turns that check on.
            return ((SSLSocketFactory) SSLSocketFactory.getDefault()).createSocket(plain, host, port, true);
        } catch (IOException | RuntimeException e) {
            plain.close();
            throw e;
        }
    }

    private synchronized Socket keep(Socket plain) throws IOException {
        if (cut) {
            plain.close();
            throw new SocketException("the attempt was given up");
        }
        socket = plain;
        return plain;
    }

    /** Whether anybody has accepted the connection. */
    synchronized boolean hasConnected() {
        // Stays true when it is closed.
        return socket != null && socket.isConnected();
    }

    /** Closes the socket, now or as soon as there is one. */
    synchronized void cut() {
        cut = true;
        Socket open = socket;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // It is of no use any more, closed or not.
            }
        }
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw new UnsupportedOperationException("this factory knows where to connect to");
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw new UnsupportedOperationException("this factory knows where to connect to");
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw new UnsupportedOperationException("this factory knows where to connect to");
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw new UnsupportedOperationException("this factory knows where to connect to");
    }
}
