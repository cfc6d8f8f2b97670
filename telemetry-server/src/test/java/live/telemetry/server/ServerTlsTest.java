package live.telemetry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import live.telemetry.core.TelemetryException;
import live.telemetry.server.net.tls.TlsWireFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Certificates from files: good ones, bad ones, and others instead. */
class ServerTlsTest {

    private static final Instant SOON = Instant.now().plusSeconds(3_600);

    @TempDir
    private Path directory;

    private Path chain;
    private Path key;

    @BeforeEach
    void write() throws IOException {
        chain = directory.resolve("chain.pem");
        key = directory.resolve("key.pem");
        TestAuthority.COMMON.issue("localhost").write(directory);
    }

    private void assertRefused(String... saying) {
        assertThatExceptionOfType(TelemetryException.class)
                .isThrownBy(() -> ServerTls.fromPem(chain, key))
                .withMessageContainingAll(saying)
                .withMessageStartingWith("the TLS certificates cannot be used: ");
    }

    @ParameterizedTest
    @CsvSource({"RSA, 2048", "EC, 256", "EC, 384"})
    void keysOfBothKindsAreTaken(String algorithm, int bits) throws IOException {
        KeyPair pair = TestAuthority.newKeys(algorithm, bits);
        TestAuthority.COMMON.issue(pair, SOON, "localhost").write(directory);
        assertThat(ServerTls.fromPem(chain, key).context()).isNotNull();
    }

    @Test
    void chainAndKeyMayStandInOneFile() throws IOException {
        Files.writeString(chain, Files.readString(key) + Files.readString(chain));
        assertThat(ServerTls.fromPem(chain, chain).context()).isNotNull();
    }

    @Test
    void keyOfAnotherCertificateIsRefused() throws IOException {
        Path other = Files.createDirectory(directory.resolve("other"));
        TestAuthority.COMMON.issue("localhost").write(other);
        key = other.resolve("key.pem");
        assertRefused(key.toString(), "is not that of the first certificate");
    }

    @Test
    void keyOfAnotherKindIsRefused() throws IOException {
        Files.writeString(
                key,
                TestAuthority.pem(
                        "PRIVATE KEY",
                        TestAuthority.newKeys("RSA", 2048).getPrivate().getEncoded()));
        assertRefused(key.toString(), "no EC key");
    }

    @ParameterizedTest
    @CsvSource({
        "RSA PRIVATE KEY, not PKCS#8",
        "EC PRIVATE KEY, not PKCS#8",
        "ENCRYPTED PRIVATE KEY, encrypted",
    })
    void keyInAnotherFormatIsRefusedWithAWayOut(String label, String why) throws IOException {
        Files.writeString(key, TestAuthority.pem(label, new byte[] {1, 2, 3}));
        assertRefused(key.toString(), why, "openssl pkcs8 -topk8 -nocrypt");
    }

    @Test
    void filesWithoutWhatTheyShouldHaveAreRefused() throws IOException {
        Files.writeString(key, "nothing");
        assertRefused("no BEGIN PRIVATE KEY in " + key);
        Files.writeString(chain, "nothing");
        assertRefused("no BEGIN CERTIFICATE in " + chain);
        Files.delete(chain);
        assertRefused("NoSuchFileException", chain.toString());
    }

    @Test
    void halfAFileIsRefused() throws IOException {
        byte[] all = Files.readAllBytes(chain);
        for (int length = 0; length < all.length - 3; length += 11) {
            Files.write(chain, Arrays.copyOf(all, length));
            assertRefused(chain.toString());
        }
    }

    @Test
    void keyStoreIsTaken() throws IOException, GeneralSecurityException {
        char[] password = "changeit".toCharArray();
        Path file = directory.resolve("server.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            TestAuthority.COMMON.issue("localhost").keyStore(password).store(out, password);
        }
        ServerTls tls = ServerTls.fromKeyStore(file, password);
        Arrays.fill(password, ' ');
        tls.reload();
        assertThatExceptionOfType(TelemetryException.class)
                .isThrownBy(() -> ServerTls.fromKeyStore(file, "wrong".toCharArray()))
                .withMessageContaining("password");
    }

    @Test
    void keyStoreWithoutAKeyIsRefused() throws IOException, GeneralSecurityException {
        char[] password = "changeit".toCharArray();
        Path file = directory.resolve("server.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            var store = TestAuthority.COMMON.issue("localhost").keyStore(password);
            store.deleteEntry("server");
            store.store(out, password);
        }
        assertThatExceptionOfType(TelemetryException.class)
                .isThrownBy(() -> ServerTls.fromKeyStore(file, password))
                .withMessageContaining("no private key");
    }

    @Test
    void reloadTakesTheNewAndKeepsTheOldIfTheNewIsBroken() throws IOException {
        ServerTls tls = ServerTls.fromPem(chain, key);
        SSLContext first = tls.context();
        TestAuthority.COMMON.issue("localhost").write(directory);
        tls.reload();
        SSLContext second = tls.context();
        assertThat(second).isNotSameAs(first);

        Files.writeString(key, "half written");
        assertThatExceptionOfType(TelemetryException.class)
                .isThrownBy(tls::reload)
                .withMessageContaining("no BEGIN PRIVATE KEY");
        assertThat(tls.context()).isSameAs(second);
    }

    @Test
    void supplierIsAskedAtEachReload() {
        Queue<SSLContext> supplied = new ArrayDeque<>(List.of(TestAuthority.CLIENT));
        ServerTls tls = ServerTls.of(supplied::poll);
        assertThatExceptionOfType(TelemetryException.class)
                .isThrownBy(tls::reload)
                .withMessageContaining("returned null");
        assertThat(tls.context()).isSameAs(TestAuthority.CLIENT);
    }

    @Test
    void oldVersionsAreOff() {
        SSLEngine engine = TlsWireFactory.engine(TestAuthority.LOOPBACK.context());
        assertThat(engine.getUseClientMode()).isFalse();
        assertThat(Stream.of(engine.getEnabledProtocols())).containsExactlyInAnyOrder("TLSv1.2", "TLSv1.3");
    }
}
