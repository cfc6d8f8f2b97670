package live.telemetry.server;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.security.auth.x500.X500Principal;

/** Issues certificates to servers of the tests. Its own is signed by itself, or by another authority. */
final class TestAuthority {

    private static final byte[] ECDSA_WITH_SHA256 = Der.sequence(Der.identifier("2A8648CE3D040302"));
    private static final Duration DAY = Duration.ofDays(1);

    /** The one whose certificates most tests use. */
    static final TestAuthority COMMON = new TestAuthority("Test Root");

    /** Of servers at the loopback. */
    static final ServerTls LOOPBACK = COMMON.issue("localhost", "127.0.0.1").tls();

    /** Of clients that trust {@link #COMMON}. */
    static final SSLContext CLIENT = COMMON.trustingContext();

    private final String name;
    private final KeyPair keys = newKeys("EC", 256);
    private final List<X509Certificate> chain = new ArrayList<>();

    TestAuthority(String name) {
        this.name = name;
        chain.add(sign(name, keys.getPublic(), Instant.now().plus(DAY), isAuthority()));
    }

    /** One that is known by this one only: those who trust this one have to be sent its certificate. */
    TestAuthority intermediate(String itsName) {
        TestAuthority below = new TestAuthority(itsName);
        below.chain.set(0, sign(itsName, below.keys.getPublic(), Instant.now().plus(DAY), isAuthority()));
        return below;
    }

    /** What a server has. */
    record Issued(PrivateKey key, List<X509Certificate> chain) {

        /** Writes {@code chain.pem} and {@code key.pem}. */
        Issued write(Path directory) throws IOException {
            StringBuilder certificates = new StringBuilder("The chain of a test:\n");
            for (X509Certificate certificate : chain) {
                certificates.append(pem("CERTIFICATE", encoded(certificate)));
            }
            Files.writeString(directory.resolve("chain.pem"), certificates);
            Files.writeString(directory.resolve("key.pem"), pem("PRIVATE KEY", key.getEncoded()));
            return this;
        }

        KeyStore keyStore(char[] password) {
            return attempt(() -> {
                KeyStore store = KeyStore.getInstance("PKCS12");
                store.load(null, null);
                store.setKeyEntry("server", key, password, chain.toArray(X509Certificate[]::new));
                return store;
            });
        }

        ServerTls tls() {
            return attempt(() -> {
                Path directory = Files.createTempDirectory("telemetry-tls");
                write(directory);
                ServerTls tls = ServerTls.fromPem(directory.resolve("chain.pem"), directory.resolve("key.pem"));
                Files.delete(directory.resolve("chain.pem"));
                Files.delete(directory.resolve("key.pem"));
                Files.delete(directory);
                return tls;
            });
        }
    }

    /** For some names or addresses; good for a day. */
    Issued issue(String... names) {
        return issue(newKeys("EC", 256), Instant.now().plus(DAY), names);
    }

    Issued issue(KeyPair pair, Instant notAfter, String... names) {
        List<X509Certificate> all = new ArrayList<>();
        all.add(sign("server", pair.getPublic(), notAfter, alternativeNames(names)));
        // A root is in the store of those who trust it.
        chain.stream()
                .filter(own -> !own.getIssuerX500Principal().equals(own.getSubjectX500Principal()))
                .forEach(all::add);
        return new Issued(pair.getPrivate(), all);
    }

    /** Trusts this authority and no other. */
    SSLContext trustingContext() {
        return attempt(() -> {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("authority", chain.get(0));
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        });
    }

    private X509Certificate sign(String subject, PublicKey key, Instant notAfter, byte[] extension) {
        return attempt(() -> {
            byte[] body = Der.sequence(
                    Der.of(0xA0, Der.integer(BigInteger.TWO)),
                    Der.integer(new BigInteger(64, new SecureRandom()).setBit(0)),
                    ECDSA_WITH_SHA256,
                    new X500Principal("CN=" + name).getEncoded(),
                    Der.sequence(Der.time(Instant.now().minus(DAY.multipliedBy(2))), Der.time(notAfter)),
                    new X500Principal("CN=" + subject).getEncoded(),
                    key.getEncoded(),
                    Der.of(0xA3, Der.sequence(extension)));
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(keys.getPrivate());
            signature.update(body);
            byte[] certificate = Der.sequence(body, ECDSA_WITH_SHA256, Der.bits(signature.sign()));
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(certificate));
        });
    }

    private static byte[] isAuthority() {
        return Der.sequence(Der.identifier("551D13"), Der.yes(), Der.of(Der.OCTETS, Der.sequence(Der.yes())));
    }

    private static byte[] alternativeNames(String... names) {
        byte[][] encoded = Arrays.stream(names)
                .map(text -> text.matches("[0-9.]+") ? Der.of(0x87, address(text)) : Der.of(0x82, Frames.utf8(text)))
                .toArray(byte[][]::new);
        return Der.sequence(Der.identifier("551D11"), Der.of(Der.OCTETS, Der.sequence(encoded)));
    }

    private static byte[] address(String text) {
        return attempt(() -> InetAddress.getByName(text).getAddress());
    }

    static KeyPair newKeys(String algorithm, int bits) {
        return attempt(() -> {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(bits);
            return generator.generateKeyPair();
        });
    }

    static String pem(String label, byte[] der) {
        byte[] lineBreak = "\n".getBytes(StandardCharsets.US_ASCII);
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, lineBreak).encodeToString(der)
                + "\n-----END " + label + "-----\n";
    }

    private static byte[] encoded(X509Certificate certificate) {
        return attempt(certificate::getEncoded);
    }

    private interface Step<T> {
        T run() throws GeneralSecurityException, IOException;
    }

    private static <T> T attempt(Step<T> step) {
        try {
            return step.run();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
