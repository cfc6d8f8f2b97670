package live.telemetry.server.net.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A private key and its certificates from PEM files (RFC 7468). The JDK reads the certificates and PKCS#8; the other formats of
 * keys it does not know, so a message says how to convert these.
 */
public final class PemIdentity {

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");
    private static final String CONVERT = ": convert it with openssl pkcs8 -topk8 -nocrypt -in key.pem -out key8.pem";

    private PemIdentity() {}

    private record Block(String label, byte[] der) {}

    /**
     * Reads the two files, and finds out whether they belong together.
     *
     * @param chain the server's certificate first, then those of its issuers
     * @param key an unencrypted PKCS#8 key
     * @return a store with the one entry, whose password is empty
     * @throws IOException if a file cannot be read
     * @throws GeneralSecurityException if they have something else, or do not belong together
     */
    public static KeyStore load(Path chain, Path key) throws IOException, GeneralSecurityException {
        List<Certificate> certificates = certificates(chain);
        PublicKey publicKey = certificates.get(0).getPublicKey();
        PrivateKey privateKey = privateKey(key, publicKey.getAlgorithm());
        if (!isPair(privateKey, publicKey)) {
            throw new InvalidKeyException("the key of " + key + " is not that of the first certificate of " + chain);
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("server", privateKey, new char[0], certificates.toArray(Certificate[]::new));
        return store;
    }

    private static List<Certificate> certificates(Path file) throws IOException, GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<Certificate> certificates = new ArrayList<>();
        for (Block block : blocks(file)) {
            if (block.label().equals("CERTIFICATE")) {
                certificates.add(factory.generateCertificate(new ByteArrayInputStream(block.der())));
            }
        }
        if (certificates.isEmpty()) {
            throw new GeneralSecurityException("there is no BEGIN CERTIFICATE in " + file);
        }
        return certificates;
    }

    private static PrivateKey privateKey(Path file, String algorithm) throws IOException, GeneralSecurityException {
        for (Block block : blocks(file)) {
            switch (block.label()) {
                case "PRIVATE KEY" -> {
                    return privateKey(file, algorithm, block.der());
                }
                case "RSA PRIVATE KEY", "EC PRIVATE KEY" ->
                    throw new InvalidKeyException(
                            file + " has BEGIN " + block.label() + ", which is not PKCS#8" + CONVERT);
                case "ENCRYPTED PRIVATE KEY" -> throw new InvalidKeyException(file + " has an encrypted key" + CONVERT);
                default -> {
                    // Certificates and parameters may stand in the same file.
                }
            }
        }
        throw new InvalidKeyException("there is no BEGIN PRIVATE KEY in " + file);
    }

    private static PrivateKey privateKey(Path file, String algorithm, byte[] der) throws GeneralSecurityException {
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (InvalidKeySpecException e) {
            throw new InvalidKeyException(
                    "the key of " + file + " is broken, or no " + algorithm + " key, which its certificate asks for",
                    e);
        }
    }

    /** The files are read without their text: it could have a key. */
    private static List<Block> blocks(Path file) throws IOException, GeneralSecurityException {
        Matcher found = BLOCK.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
        List<Block> blocks = new ArrayList<>();
        while (found.find()) {
            try {
                blocks.add(new Block(found.group(1), Base64.getMimeDecoder().decode(found.group(2))));
            } catch (IllegalArgumentException e) {
                throw new GeneralSecurityException("BEGIN " + found.group(1) + " in " + file + " is not base64", e);
            }
        }
        return blocks;
    }

    /** Whether what the one signs the other verifies. */
    private static boolean isPair(PrivateKey privateKey, PublicKey publicKey) throws GeneralSecurityException {
        String algorithm = switch (publicKey.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default ->
                throw new InvalidKeyException("a server's key must be RSA or EC: it is " + publicKey.getAlgorithm());
        };
        byte[] sample = "telemetry".getBytes(StandardCharsets.US_ASCII);
        Signature signing = Signature.getInstance(algorithm);
        signing.initSign(privateKey);
        signing.update(sample);
        byte[] signed = signing.sign();
        Signature verifying = Signature.getInstance(algorithm);
        verifying.initVerify(publicKey);
        verifying.update(sample);
        try {
            return verifying.verify(signed);
        } catch (SignatureException e) {
            // What another key signed may not even have the length.
            return false;
        }
    }
}
