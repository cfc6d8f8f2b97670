package live.telemetry.server.auth;

import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Keys;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import live.telemetry.core.Authenticator.Credentials;
import live.telemetry.core.Identity;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Verifying a token, which is done once a connection: what bounds a storm of reconnects. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class JwtBenchmark {

    private static final String SECRET = "a secret of sixty-four bytes, which is enough for HS512 as well!";

    private JwtAuthenticator authenticator;
    private Credentials credentials;

    /** Signs a token that names patterns. */
    @Setup
    public void sign() {
        authenticator = JwtAuthenticator.builder().secret(SECRET).build();
        String token = Jwts.builder()
                .subject("dashboard-7")
                .expiration(Date.from(Instant.now().plus(Duration.ofDays(1))))
                .claim("telemetry", Map.of("subscribe", List.of("host.>", "app.orders"), "publish", List.of("app.*")))
                .signWith(Keys.hmacShaKeyFor(SECRET.getBytes(StandardCharsets.UTF_8)))
                .compact();
        credentials = new Credentials(token);
    }

    /**
     * Verifies it.
     *
     * @return whose it is
     */
    @Benchmark
    public Identity verify() {
        return authenticator.authenticate(credentials);
    }
}
