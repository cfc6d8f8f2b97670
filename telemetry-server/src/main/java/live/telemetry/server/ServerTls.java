package live.telemetry.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Objects;
import java.util.function.Supplier;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.TelemetryException;
import live.telemetry.server.net.tls.PemIdentity;
import live.telemetry.server.net.tls.TlsWireFactory;

/**
 * The certificates with which a server speaks TLS 1.2 and later, reloadable while it runs.
 *
 * <pre>{@code
 * ServerTls tls = ServerTls.fromPem(Path.of("fullchain.pem"), Path.of("privkey.pem"));
 * TelemetryServer server = TelemetryServer.builder().tls(tls)… .build().start();
 * tls.reload(); // after the files were renewed
 * }</pre>
 *
 * <p>Any thread. Several servers may share one. Whether a certificate is still valid is the peers' judgement.
 */
public final class ServerTls {

    private final Source source;
    private volatile SSLContext context;

    /** Where certificates come from. */
    @FunctionalInterface
    private interface Source {
        SSLContext load() throws IOException, GeneralSecurityException;
    }

    private ServerTls(Source source) {
        this.source = source;
        this.context = load();
    }

    /**
     * Certificates and key from PEM files, such as certbot's.
     *
     * @param chain the server's certificate, followed by those of its issuers
     * @param key its key: RSA or EC, PKCS#8 ({@code BEGIN PRIVATE KEY}), not encrypted
     * @return these certificates
     * @throws TelemetryException if the files cannot be used; the message says why
     */
    public static ServerTls fromPem(Path chain, Path key) {
        return new ServerTls(() -> contextOf(PemIdentity.load(chain, key), new char[0]));
    }

    /**
     * Certificates and key from a key store.
     *
     * @param file PKCS#12 or JKS
     * @param password of the store and of the key in it; it is copied
     * @return these certificates
     * @throws TelemetryException if the file cannot be used; the message says why
     */
    public static ServerTls fromKeyStore(Path file, char[] password) {
        char[] own = password.clone();
        return new ServerTls(() -> contextOf(KeyStore.getInstance(file.toFile(), own), own));
    }

    /**
     * Whatever the application has.
     *
     * @param contexts asked now, and again by {@link #reload()}
     * @return what it supplies
     * @throws TelemetryException if it supplies nothing that can be used
     */
    public static ServerTls of(Supplier<SSLContext> contexts) {
        return new ServerTls(() -> Objects.requireNonNull(contexts.get(), "the supplier returned null"));
    }

    /**
     * Reads the certificates again. Handshakes that begin afterwards see the new ones; connections that are open go on.
     *
     * @throws TelemetryException if they cannot be used; the message says why, and the old ones stay
     */
    public synchronized void reload() {
        context = load();
    }

    SSLContext context() {
        return context;
    }

    private SSLContext load() {
        try {
            SSLContext loaded = source.load();
            // Shows what would fail with every connection; and the first of them need not wait until the classes are
            // loaded.
            TlsWireFactory.engine(loaded);
            return loaded;
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw new TelemetryException(ErrorCode.INTERNAL, "the TLS certificates cannot be used: " + reason(e), e);
        }
    }

    private static String reason(Exception e) {
        // Of a file that is missing, an I/O exception has only the name as its message.
        return e instanceof IOException || e instanceof UncheckedIOException || e.getMessage() == null
                ? e.toString()
                : e.getMessage();
    }

    private static SSLContext contextOf(KeyStore store, char[] password) throws GeneralSecurityException {
        if (!hasKey(store)) {
            throw new GeneralSecurityException("the key store has no private key");
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, password);
        SSLContext made = SSLContext.getInstance("TLS");
        made.init(keys.getKeyManagers(), null, null);
        return made;
    }

    private static boolean hasKey(KeyStore store) throws GeneralSecurityException {
        var aliases = store.aliases();
        while (aliases.hasMoreElements()) {
            if (store.isKeyEntry(aliases.nextElement())) {
                return true;
            }
        }
        return false;
    }
}
