package live.telemetry.server.interop;

import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Keys;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One good token, and many that are wrong in one thing each. */
final class TestTokens {

    static final String SECRET = "a secret of the interoperability tests, long enough";

    private static final Duration LIFE = Duration.ofMinutes(10);

    private TestTokens() {}

    /** May read what matches the pattern. */
    static String good(String pattern) {
        return sign(valid().claim("telemetry", Map.of("subscribe", List.of(pattern))), SECRET);
    }

    /** May read and publish what matches the patterns. */
    static String good(String readable, String publishable) {
        Map<String, ?> rights = Map.of("subscribe", List.of(readable), "publish", List.of(publishable));
        return sign(valid().claim("telemetry", rights), SECRET);
    }

    /** None of these is good enough; the first is none at all. */
    static List<String> bad() {
        String good = good(">");
        String[] parts = good.split("\\.");
        String unsigned = base64("{\"alg\":\"none\"}") + "." + parts[1] + ".";
        String otherSubject = parts[0] + "." + base64("{\"sub\":\"eve\",\"exp\":4102444800}") + "." + parts[2];
        return List.of(
                "",
                "nonsense",
                "not.a.jwt",
                unsigned,
                otherSubject,
                good.substring(0, good.length() - 6),
                sign(valid(), SECRET.toUpperCase(Locale.ROOT)),
                sign(valid().expiration(Date.from(Instant.now().minus(LIFE))), SECRET),
                sign(valid().notBefore(Date.from(Instant.now().plus(LIFE))), SECRET),
                sign(Jwts.builder().subject("ann"), SECRET),
                sign(Jwts.builder().expiration(Date.from(Instant.now().plus(LIFE))), SECRET),
                sign(valid().claim("telemetry", "everything"), SECRET));
    }

    private static JwtBuilder valid() {
        return Jwts.builder().subject("ann").expiration(Date.from(Instant.now().plus(LIFE)));
    }

    private static String sign(JwtBuilder token, String secret) {
        return token.signWith(Keys.hmacShaKeyFor(secret.getBytes(StandardCharsets.UTF_8)))
                .compact();
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
