package live.telemetry.redis;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

/** A key and its certificate, as Redis reads them. */
record PemFiles(Path key, Path certificate) {

    /** Beside the key store that they are taken from. */
    static PemFiles of(Path keyStore, char[] password) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keyStore)) {
            keys.load(in, password);
        }
        String alias = keys.aliases().nextElement();
        return new PemFiles(
                write(
                        keyStore.resolveSibling("key.pem"),
                        "PRIVATE KEY",
                        keys.getKey(alias, password).getEncoded()),
                write(
                        keyStore.resolveSibling("certificate.pem"),
                        "CERTIFICATE",
                        keys.getCertificate(alias).getEncoded()));
    }

    private static Path write(Path file, String what, byte[] content) throws IOException {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return Files.writeString(
                file,
                "-----BEGIN " + what + "-----\n" + lines + "\n-----END " + what + "-----\n",
                StandardCharsets.US_ASCII);
    }
}
