package live.telemetry.server;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;

/** Waits for what is about to be true. */
final class Eventually {

    private Eventually() {}

    static void that(ThrowingRunnable assertion) {
        Awaitility.await()
                .pollInterval(Duration.ofMillis(10))
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(assertion);
    }
}
