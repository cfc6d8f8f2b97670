package live.telemetry.browsertests;

import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Keys;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import live.telemetry.server.auth.JwtAuthenticator;

/** Tokens that a {@link Scene#guarded} server takes, and others. */
final class Tokens {

    private static final String SECRET = "a secret of the browser tests, long enough";

    /** How much longer than it says a token is good for: a client looks at its clock once a second. */
    static final Duration CLOCK_SKEW = Duration.ofSeconds(2);

    static final JwtAuthenticator AUTHENTICATOR =
            JwtAuthenticator.builder().secret(SECRET).clockSkew(CLOCK_SKEW).build();

    private Tokens() {}

    /** Good for so long from now; expired for a negative time. */
    static String goodFor(Duration life) {
        return sign(claims(life), SECRET);
    }

    /** May publish too. */
    static String toPublish() {
        return sign(claims(Duration.ofHours(10)).claim("telemetry", Map.of("publish", List.of(">"))), SECRET);
    }

    static String forged() {
        return sign(claims(Duration.ofMinutes(10)), SECRET + "?");
    }

    private static JwtBuilder claims(Duration life) {
        return Jwts.builder().subject("ann").expiration(Date.from(Instant.now().plus(life)));
    }

    private static String sign(JwtBuilder claims, String secret) {
        return claims.signWith(Keys.hmacShaKeyFor(secret.getBytes(StandardCharsets.UTF_8)))
                .compact();
    }
}
