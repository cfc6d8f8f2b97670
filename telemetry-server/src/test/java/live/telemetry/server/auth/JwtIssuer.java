package live.telemetry.server.auth;

import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Keys;
import io.jsonwebtoken.security.SecureDigestAlgorithm;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Signs tokens, good and bad ones. */
final class JwtIssuer {

    static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    static final Instant EXPIRY = NOW.plusSeconds(60);
    static final String SECRET = "a secret of sixty-four bytes, which is enough for HS512 as well!";

    private final @Nullable String kid;
    private final Key key;
    private final String algorithm;

    private JwtIssuer(@Nullable String kid, Key key, String algorithm) {
        this.kid = kid;
        this.key = key;
        this.algorithm = algorithm;
    }

    /** Signs with HS256 and {@link #SECRET}, without a kid. */
    static JwtIssuer standard() {
        return of("HS256", secretKey(SECRET));
    }

    static JwtIssuer of(String algorithm, Key key) {
        return new JwtIssuer(null, key, algorithm);
    }

    static Key secretKey(String secret) {
        return Keys.hmacShaKeyFor(secret.getBytes(StandardCharsets.UTF_8));
    }

    JwtIssuer kid(String name) {
        return new JwtIssuer(name, key, algorithm);
    }

    /** With {@code sub} and {@code exp} good for a minute, and these claims. */
    String token(Map<String, ?> claims) {
        return sign(Jwts.builder().subject("ann").expiration(Date.from(EXPIRY)).claims(claims));
    }

    String token() {
        return token(Map.of());
    }

    /** With these claims and no others. */
    String bare(Map<String, ?> claims) {
        return sign(Jwts.builder().claims(claims));
    }

    private String sign(JwtBuilder token) {
        if (kid != null) {
            token = token.header().keyId(kid).and();
        }
        @SuppressWarnings("unchecked")
        SecureDigestAlgorithm<Key, ?> signature =
                (SecureDigestAlgorithm<Key, ?>) Jwts.SIG.get().forKey(algorithm);
        return token.signWith(key, signature).compact();
    }

    /** Any header and payload, with whatever bytes as signature. */
    static String assemble(String header, String payload, byte[] signature) {
        return base64(header.getBytes(StandardCharsets.UTF_8))
                + "."
                + base64(payload.getBytes(StandardCharsets.UTF_8))
                + "."
                + base64(signature);
    }

    static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
