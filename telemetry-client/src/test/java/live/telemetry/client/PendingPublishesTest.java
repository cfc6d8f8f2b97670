package live.telemetry.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Topic;
import live.telemetry.core.json.JsonData;
import org.junit.jupiter.api.Test;

class PendingPublishesTest {

    private final PendingPublishes publishes = new PendingPublishes(new AtomicLong()::incrementAndGet, 10);

    /** An application that publishes on and on through a client that was refused. */
    @Test
    void whatHasFailedDoesNotWaitForAConnection() {
        for (int i = 0; i < 3; i++) {
            publishes.add(Topic.of("a"), null, JsonData.parse("1"));
            publishes.failAll(ErrorCode.UNAUTHENTICATED, "refused");
        }
        assertThat(publishes.unsentCount()).isZero();
    }
}
