package live.telemetry.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ThreadLoopTest {

    /** As for a token that expires in the year 9999. */
    @Test
    void takesTimersThatAreCenturiesAway() throws Exception {
        ThreadLoop loop = new ThreadLoop("telemetry-client-test");
        try {
            CompletableFuture<String> ran = new CompletableFuture<>();
            loop.schedule(Duration.ofDays(365 * 6_000), () -> ran.complete("too early"));
            loop.schedule(Duration.ofMillis(1), () -> ran.complete("in time"));
            assertThat(ran.get(10, TimeUnit.SECONDS)).isEqualTo("in time");
        } finally {
            loop.end();
        }
    }
}
