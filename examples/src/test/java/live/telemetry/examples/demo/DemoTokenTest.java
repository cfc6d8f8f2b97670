package live.telemetry.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.jsonwebtoken.Claims;
import io.jsonwebtoken.Jws;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Keys;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DemoTokenTest {

    private static final byte[] SECRET =
            "a secret that is longer than HS256 needs, so that HS512 would fit too".getBytes(StandardCharsets.UTF_8);

    @Test
    void isSignedWithHs256AndValidForADay() {
        Instant now = Instant.ofEpochSecond(Instant.now().getEpochSecond());

        Jws<Claims> token = Jwts.parser()
                .verifyWith(Keys.hmacShaKeyFor(SECRET))
                .build()
                .parseSignedClaims(DemoToken.forEverything(SECRET, now));

        assertThat(token.getHeader().getAlgorithm()).isEqualTo("HS256");
        assertThat(token.getPayload().getSubject()).isEqualTo("demo");
        assertThat(token.getPayload().getExpiration()).isEqualTo(now.plusSeconds(86_400));
        assertThat(token.getPayload().get("telemetry"))
                .isEqualTo(Map.of("subscribe", List.of(">"), "publish", List.of(">")));
    }
}
