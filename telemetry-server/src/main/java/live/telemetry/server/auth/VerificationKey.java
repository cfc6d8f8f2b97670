package live.telemetry.server.auth;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A key and the algorithms (RFC 7518 §3.1) that it may verify. The algorithm of a token is its sender's claim; if it alone
 * decided, the bytes of a public key, which everybody has, could be used as the secret of an HMAC (RFC 8725 §2.1). So the key
 * decides, and the token's word has to fit.
 *
 * @param id the {@code kid} that chooses it, or null for the default key
 * @param key the key
 * @param algorithms at least one
 */
record VerificationKey(@Nullable String id, Key key, Set<String> algorithms) {

    private static final int MIN_SECRET_BYTES = 32;
    private static final int MIN_RSA_BITS = 2048;

    private static final List<String> RSA_PSS = List.of("PS256", "PS384", "PS512");

    /** A secret is good for the hashes that are no longer than itself (RFC 7518 §3.2). */
    static VerificationKey secret(@Nullable String id, byte[] secret) {
        if (secret.length < MIN_SECRET_BYTES) {
            throw new IllegalArgumentException("a secret must have at least " + MIN_SECRET_BYTES
                    + " bytes for HS256 (48 for HS384, 64 for HS512): it has " + secret.length);
        }
        Set<String> algorithms = new LinkedHashSet<>(List.of("HS256"));
        if (secret.length >= 48) {
            algorithms.add("HS384");
        }
        if (secret.length >= 64) {
            algorithms.add("HS512");
        }
        return new VerificationKey(id, new SecretKeySpec(secret, "HmacSHA256"), algorithms);
    }

    static VerificationKey secret(@Nullable String id, String secret) {
        return secret(id, secret.getBytes(StandardCharsets.UTF_8));
    }

    static VerificationKey publicKey(@Nullable String id, PublicKey key) {
        if (key instanceof RSAKey rsa) {
            return new VerificationKey(id, key, rsaAlgorithms(key, rsa.getModulus()));
        }
        if (key instanceof ECPublicKey elliptic) {
            return new VerificationKey(id, key, Set.of(curveAlgorithm(elliptic.getParams())));
        }
        throw new IllegalArgumentException("a public key must be RSA or EC: it is " + key.getAlgorithm());
    }

    private static Set<String> rsaAlgorithms(PublicKey key, BigInteger modulus) {
        if (modulus.bitLength() < MIN_RSA_BITS) {
            throw new IllegalArgumentException("an RSA key must have at least " + MIN_RSA_BITS
                    + " bits (RFC 7518 §3.3): it has " + modulus.bitLength());
        }
        Set<String> algorithms = new LinkedHashSet<>();
        if (!key.getAlgorithm().equals("RSASSA-PSS")) {
            algorithms.addAll(List.of("RS256", "RS384", "RS512"));
        }
        algorithms.addAll(RSA_PSS);
        return algorithms;
    }

    /** Each algorithm is tied to one curve (RFC 7518 §3.4). */
    private static String curveAlgorithm(ECParameterSpec curve) {
        if (isCurve(curve, "secp256r1")) {
            return "ES256";
        }
        if (isCurve(curve, "secp384r1")) {
            return "ES384";
        }
        if (isCurve(curve, "secp521r1")) {
            return "ES512";
        }
        throw new IllegalArgumentException("an EC key must be on the curve P-256, P-384 or P-521: it is on " + curve);
    }

    private static boolean isCurve(ECParameterSpec curve, String name) {
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
            parameters.init(new ECGenParameterSpec(name));
            ECParameterSpec known = parameters.getParameterSpec(ECParameterSpec.class);
            return curve.getCurve().equals(known.getCurve())
                    && curve.getGenerator().equals(known.getGenerator())
                    && curve.getOrder().equals(known.getOrder());
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("this Java platform does not know the curve " + name, e);
        }
    }

    /** The same key for fewer algorithms. */
    VerificationKey only(Set<String> accepted) {
        Set<String> both = new LinkedHashSet<>(algorithms);
        both.retainAll(accepted);
        if (both.isEmpty()) {
            throw new IllegalStateException("the key " + describe() + " verifies " + algorithms
                    + ", none of which is among the accepted algorithms " + accepted);
        }
        return new VerificationKey(id, key, both);
    }

    String describe() {
        return id == null ? "without kid" : '"' + id + '"';
    }

    /** Never shows the key. */
    @Override
    public String toString() {
        return "VerificationKey[" + describe() + ", " + algorithms + "]";
    }
}
