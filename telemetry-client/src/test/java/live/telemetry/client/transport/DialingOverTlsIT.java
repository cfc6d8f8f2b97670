package live.telemetry.client.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom a client trusts over TLS, and for how long it waits. */
class DialingOverTlsIT {

    private static final int TIMEOUT_MILLIS = 10_000;

    /** With a certificate of {@code localhost}, and trust in it. */
    private static SSLContext context;

    private ServerSocket server;
    private final CompletableFuture<List<SNIServerName>> askedFor = new CompletableFuture<>();

    @BeforeAll
    static void makeCertificate(@TempDir Path directory) throws Exception {
        context = TestCertificate.ofLocalhost(directory);
    }

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 5, InetAddress.getByName("localhost"));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    /** Shakes hands with one client and says one byte. */
    private void serveOne() {
        Thread serving = new Thread(() -> {
            try (Socket plain = server.accept();
                    SSLSocket secured =
                            (SSLSocket) context.getSocketFactory().createSocket(plain, null, plain.getPort(), true)) {
                secured.setUseClientMode(false);
                secured.startHandshake();
                askedFor.complete(((ExtendedSSLSession) secured.getSession()).getRequestedServerNames());
                secured.getOutputStream().write('!');
                secured.getInputStream().read();
            } catch (IOException e) {
                askedFor.completeExceptionally(e);
            }
        });
        serving.setDaemon(true);
        serving.start();
    }

    private DialingSocketFactory dialing(String host, int timeoutMillis, @Nullable SSLContext trust) {
        return new DialingSocketFactory(
                URI.create("wss://" + host + ":" + server.getLocalPort() + "/telemetry"), timeoutMillis, trust);
    }

    @Test
    void serverThatTheContextTrustsIsTakenAndIsToldTheHost() throws Exception {
        serveOne();
        try (Socket socket = dialing("localhost", TIMEOUT_MILLIS, context).createSocket()) {
            assertThat(socket.getInputStream().read()).isEqualTo('!');
            assertThat(askedFor.get(10, TimeUnit.SECONDS)).containsExactly(new SNIHostName("localhost"));
            assertThat(socket.getSoTimeout()).isZero();
        }
    }

    @Test
    void serverThatThePlatformDoesNotTrustIsRefused() {
        serveOne();
        assertThatExceptionOfType(SSLHandshakeException.class)
                .isThrownBy(() -> dialing("localhost", TIMEOUT_MILLIS, null).createSocket());
    }

    @Test
    void certificateOfAnotherHostIsRefused() {
        serveOne();
        String address = server.getInetAddress().getHostAddress();
        assertThatExceptionOfType(SSLHandshakeException.class)
                .isThrownBy(
                        () -> dialing(address.contains(":") ? "[" + address + "]" : address, TIMEOUT_MILLIS, context)
                                .createSocket())
                .withMessageContaining("subject alternative names");
    }

    @Test
    void serverThatIsSilentInTheHandshakeIsLeft() {
        assertThatExceptionOfType(SocketTimeoutException.class)
                .isThrownBy(() -> dialing("localhost", 200, context).createSocket());
    }

    @Test
    void handshakeCanBeCut() throws Exception {
        DialingSocketFactory dialing = dialing("localhost", TIMEOUT_MILLIS, context);
        CompletableFuture<Socket> made = CompletableFuture.supplyAsync(() -> {
            try {
                return dialing.createSocket();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        try (Socket accepted = server.accept()) {
            // Its first bytes show that the handshake has begun.
            assertThat(accepted.getInputStream().read()).isEqualTo(0x16);
            dialing.cut();
            assertThat(made).failsWithin(5, TimeUnit.SECONDS);
        }
    }
}
