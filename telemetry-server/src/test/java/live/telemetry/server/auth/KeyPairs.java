package live.telemetry.server.auth;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;

/** Key pairs, made once: RSA takes a while. */
final class KeyPairs {

    static final KeyPair RSA = rsa("RSA", 2048);
    static final KeyPair OTHER_RSA = rsa("RSA", 2048);
    static final KeyPair P256 = elliptic("secp256r1");
    static final KeyPair P384 = elliptic("secp384r1");
    static final KeyPair P521 = elliptic("secp521r1");

    private KeyPairs() {}

    static KeyPair rsa(String algorithm, int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static KeyPair elliptic(String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
