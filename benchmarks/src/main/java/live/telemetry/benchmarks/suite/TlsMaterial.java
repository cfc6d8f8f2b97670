package live.telemetry.benchmarks.suite;

import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate for 127.0.0.1, made by the JDK's {@code keytool}, and who trusts it.
 *
 * @param keyStore the certificate and its key (PKCS#12)
 * @param password of the key store
 * @param client trusts the certificate
 */
record TlsMaterial(Path keyStore, String password, SSLContext client) {

    private static final String PASSWORD = "benchmarks";

    static TlsMaterial make() throws Exception {
        Path store = ScratchDirectory.get().resolve("server.p12");
        if (!store.toFile().exists()) {
            Process keytool = new ProcessBuilder(
                            System.getProperty("java.home") + "/bin/keytool",
                            "-genkeypair",
                            "-alias",
                            "server",
                            "-keyalg",
                            "EC",
                            "-groupname",
                            "secp256r1",
                            "-dname",
                            "CN=127.0.0.1",
                            "-ext",
                            "SAN=IP:127.0.0.1",
                            "-validity",
                            "2",
                            "-storetype",
                            "PKCS12",
                            "-keystore",
                            store.toString(),
                            "-storepass",
                            PASSWORD)
                    .inheritIO()
                    .start();
            if (keytool.waitFor() != 0) {
                throw new IllegalStateException("keytool could not make a certificate");
            }
        }
        Certificate certificate =
                KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray()).getCertificate("server");
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", certificate);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext client = SSLContext.getInstance("TLS");
        client.init(null, trust.getTrustManagers(), null);
        return new TlsMaterial(store, PASSWORD, client);
    }
}
