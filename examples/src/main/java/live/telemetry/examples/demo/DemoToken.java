package live.telemetry.examples.demo;

import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Keys;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;

/** Tokens as an application would issue them to its users. */
final class DemoToken {

    /** How long a token is valid. */
    static final Duration VALIDITY = Duration.ofHours(24);

    private DemoToken() {}

    /** A token for everything: subscribe to every topic, publish to every topic. */
    static String forEverything(byte[] secret, Instant now) {
        return Jwts.builder()
                .subject("demo")
                .issuedAt(Date.from(now))
                .expiration(Date.from(now.plus(VALIDITY)))
                .claim("telemetry", Map.of("subscribe", List.of(">"), "publish", List.of(">")))
                // Named, since JJWT takes a longer hash for a longer secret.
                .signWith(Keys.hmacShaKeyFor(secret), Jwts.SIG.HS256)
                .compact();
    }
}
