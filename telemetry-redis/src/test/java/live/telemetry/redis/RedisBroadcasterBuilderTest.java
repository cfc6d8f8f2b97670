package live.telemetry.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import live.telemetry.core.Broadcaster.State;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.TopicPattern;
import live.telemetry.tck.NodeModel;
import live.telemetry.tck.Scheduler;
import org.junit.jupiter.api.Test;

class RedisBroadcasterBuilderTest {

    private final RedisBroadcasterBuilder builder = RedisBroadcaster.builder();

    private static void refused(Runnable call, String message) {
        assertThatThrownBy(call::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void valuesOutOfBoundsAreRefusedAtOnce() {
        refused(() -> builder.partitions(0), "partitions must be from 1 to 1024: 0");
        refused(() -> builder.database(-1), "database must be at least 0: -1");
        refused(() -> builder.heartbeat(Duration.ZERO), "heartbeat must be from 1 ms to an hour: PT0S");
        refused(() -> builder.connectTimeout(Duration.ofHours(2)), "connectTimeout must be from 1 ms to an hour: PT2H");
        refused(() -> builder.publishBuffer(0, 1), "publishBuffer records must be at least 1: 0");
        refused(() -> builder.publishBuffer(1, 0), "publishBuffer bytes must be at least 1: 0");
        refused(() -> builder.feedBuffer(0), "feedBuffer bytes must be at least 1: 0");
        refused(() -> builder.keyPrefix("{x}"), "keyPrefix must be 1 to 64 of A-Z a-z 0-9 _ - : . and not {x}");
        refused(() -> builder.clientName("a b"), "clientName must be 1 to 64 printable characters without spaces");
    }

    @Test
    void nothingIsDoneBeforeItIsStarted() {
        try (RedisBroadcaster broadcaster = builder.build()) {
            assertThat(broadcaster.state()).isEqualTo(State.DEGRADED);
            broadcaster.interest(TopicPattern.ALL, true);
            assertThat(broadcaster
                            .publish(StoreRig.publication(StoreRig.CPU, 1))
                            .toCompletableFuture())
                    .failsWithin(Duration.ZERO)
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(TelemetryException.class)
                    .withMessageContaining("not started");
            assertThat(broadcaster.history(StoreRig.CPU, Position.NONE, 1).toCompletableFuture())
                    .isCompletedExceptionally();
            assertThat(broadcaster.topics(TopicPattern.ALL).toCompletableFuture())
                    .isCompletedExceptionally();
        }
    }

    @Test
    void broadcasterIsStartedOnceAndNotAfterItWasClosed() {
        RedisBroadcaster broadcaster = builder.build();
        broadcaster.close();
        broadcaster.close();
        assertThat(broadcaster.state()).isEqualTo(State.DOWN);
        assertThatThrownBy(() -> broadcaster.start(new NodeModel("late", Scheduler.realTime())))
                .isInstanceOf(IllegalStateException.class);
    }
}
