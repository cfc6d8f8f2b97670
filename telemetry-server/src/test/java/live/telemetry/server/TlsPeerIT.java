package live.telemetry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that do TLS in their own way, or not at all. */
class TlsPeerIT {

    private TelemetryServer server;

    @BeforeEach
    void start() {
        start(ServerLimits.DEFAULT);
    }

    private void start(ServerLimits limits) {
        server = TelemetryServer.builder()
                .port(0)
                .allowAnonymous()
                .tls(TestAuthority.LOOPBACK)
                .limits(limits)
                .build()
                .start();
    }

    /** Only where the time is to run out: a busy machine needs more for a handshake that is to succeed. */
    private void startAgainImpatiently() {
        server.close();
        start(ServerLimits.DEFAULT.withHeadTimeout(Duration.ofMillis(400)));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Socket plain() throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(10_000);
        socket.connect(new InetSocketAddress("127.0.0.1", server.port()), 5_000);
        return socket;
    }

    /** Over a socket that is seen by the test: what it does to that one, TLS does not know of. */
    private static SSLSocket secured(Socket plain) throws IOException {
        return (SSLSocket)
                TestAuthority.CLIENT.getSocketFactory().createSocket(plain, "127.0.0.1", plain.getPort(), true);
    }

    private static void skipToTheEnd(Socket socket) throws IOException {
        try {
            socket.getInputStream().skip(Long.MAX_VALUE);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        } catch (SocketException e) {
            // A reset is an end as well.
        }
    }

    private void assertFailedHandshakes(int count) {
        Eventually.that(() -> {
            assertThat(server.stats().failedHandshakes()).isEqualTo(count);
            assertThat(server.stats().connections()).isZero();
        });
    }

    // ---- no handshake

    @Test
    void plainRequestIsClosed() throws IOException {
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.write("GET /telemetry/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
            peer.awaitEnd();
        }
        assertFailedHandshakes(1);
    }

    @Test
    void silentPeerIsDropped() throws IOException {
        startAgainImpatiently();
        try (Socket peer = plain()) {
            skipToTheEnd(peer);
        }
        assertFailedHandshakes(1);
    }

    @Test
    void peerThatNeverFinishesItsHandshakeIsDropped() throws IOException {
        startAgainImpatiently();
        try (Socket peer = plain()) {
            // The beginning of a record of 512 bytes with a ClientHello.
            peer.getOutputStream().write(new byte[] {0x16, 3, 1, 2, 0, 1, 0, 1, (byte) 0xFC, 3, 3});
            skipToTheEnd(peer);
        }
        assertFailedHandshakes(1);
    }

    @Test
    void peerThatLeavesDuringItsHandshakeLeavesNothing() throws IOException {
        for (int i = 0; i < 20; i++) {
            try (Socket peer = plain()) {
                peer.getOutputStream().write(0x16);
            }
        }
        assertFailedHandshakes(20);
    }

    @RepeatedTest(20)
    void garbageIsClosed(RepetitionInfo info) throws IOException {
        long seed = 4711L * info.getCurrentRepetition();
        Random random = new Random(seed);
        byte[] garbage = new byte[40_000];
        random.nextBytes(garbage);
        if (random.nextBoolean()) {
            // Looks like a handshake, with a length that is allowed or not.
            garbage[0] = 0x16;
            garbage[1] = 3;
            garbage[2] = 3;
        }
        try (Socket peer = plain()) {
            try {
                peer.getOutputStream().write(garbage);
            } catch (IOException e) {
                // Closed before it was all sent.
            }
            skipToTheEnd(peer);
        }
        Eventually.that(() -> {
            assertThat(server.stats().connections()).as("seed %d", seed).isZero();
            assertThat(server.stats().failedHandshakes()).as("seed %d", seed).isEqualTo(1);
        });
        // And it goes on with others.
        RawPeer.open(server).close();
    }

    @Test
    void peerIsToldWhyItsHandshakeFailed() throws IOException {
        try (SSLSocket peer = secured(plain())) {
            SSLParameters parameters = peer.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2"});
            peer.setSSLParameters(parameters);
            assertThatIOException().isThrownBy(peer::startHandshake).withMessageContaining("no_application_protocol");
        }
        assertFailedHandshakes(1);
    }

    @Test
    void refusedConnectionIsToldSoOverTls() throws IOException {
        server.close();
        server = TelemetryServer.builder()
                .port(0)
                .allowAnonymous()
                .tls(TestAuthority.LOOPBACK)
                .limits(ServerLimits.DEFAULT.withMaxConnections(1))
                .build()
                .start();
        try (RawPeer first = RawPeer.open(server);
                RawPeer second = RawPeer.connect(server)) {
            assertThat(second.reply().status()).isEqualTo(503);
            second.expectEnd();
            first.send("{'type':'ping'}");
            first.expect("pong");
        }
    }

    // ---- after it

    @ParameterizedTest
    @ValueSource(strings = {"http/1.1", ""})
    void http11IsChosenIfOffered(String expected) throws IOException {
        try (SSLSocket peer = secured(plain())) {
            if (!expected.isEmpty()) {
                SSLParameters parameters = peer.getSSLParameters();
                parameters.setApplicationProtocols(new String[] {"h2", expected});
                peer.setSSLParameters(parameters);
            }
            peer.startHandshake();
            assertThat(peer.getApplicationProtocol()).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void bothVersionsAreSpoken(String version) throws IOException {
        try (SSLSocket peer = secured(plain())) {
            peer.setEnabledProtocols(new String[] {version});
            peer.startHandshake();
            assertThat(peer.getSession().getProtocol()).isEqualTo(version);
            assertServed(peer);
        }
    }

    private static void assertServed(SSLSocket peer) throws IOException {
        peer.getOutputStream().write(Frames.utf8("GET /telemetry/health HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        InputStream in = peer.getInputStream();
        byte[] begin = in.readNBytes(12);
        assertThat(new String(begin, 0, begin.length, StandardCharsets.US_ASCII))
                .isEqualTo("HTTP/1.1 200");
        while (in.read() != '}') {
            // The rest of the answer.
        }
    }

    /** In TLS 1.3 the JDK's client changes its keys then, and asks the server to do so too. */
    @Test
    void keysMayBeChanged() throws IOException {
        try (SSLSocket peer = secured(plain())) {
            peer.startHandshake();
            for (int i = 0; i < 5; i++) {
                assertServed(peer);
                peer.startHandshake();
            }
            assertServed(peer);
        }
    }

    @Test
    void renegotiationIsRefused() throws IOException {
        try (SSLSocket peer = secured(plain())) {
            peer.setEnabledProtocols(new String[] {"TLSv1.2"});
            peer.startHandshake();
            assertServed(peer);
            assertThatIOException().isThrownBy(() -> {
                peer.startHandshake();
                peer.getInputStream().read();
            });
        }
        Eventually.that(() -> assertThat(server.stats().connections()).isZero());
        RawPeer.open(server).close();
    }

    /** An attacker can cut a connection, but not end it in the peer's name. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void connectionThatIsCutHasEnded(boolean inTheMiddleOfARequest) throws IOException {
        try (Socket below = plain();
                SSLSocket peer = secured(below)) {
            peer.startHandshake();
            assertServed(peer);
            if (inTheMiddleOfARequest) {
                peer.getOutputStream().write(Frames.utf8("GET /tele"));
            }
            below.shutdownOutput();
            skipToTheEnd(below);
        }
        Eventually.that(() -> assertThat(server.stats().connections()).isZero());
    }

    @Test
    void recordThatWasTamperedWithEndsTheConnection() throws IOException {
        try (Socket below = plain();
                SSLSocket peer = secured(below)) {
            peer.startHandshake();
            assertServed(peer);
            byte[] forged = new byte[5 + 64];
            Arrays.fill(forged, (byte) 7);
            System.arraycopy(new byte[] {0x17, 3, 3, 0, 64}, 0, forged, 0, 5);
            below.getOutputStream().write(forged);
            skipToTheEnd(below);
        }
        Eventually.that(() -> assertThat(server.stats().connections()).isZero());
    }

    @Test
    void halfClosedPeerStillGetsItsAnswers() throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            peer.write(peer.request("GET /telemetry/health").repeat(3));
            peer.shutdownOutput();
            for (int i = 0; i < 3; i++) {
                assertThat(peer.reply().status()).isEqualTo(200);
            }
            peer.expectEnd();
        }
    }
}
