package live.telemetry.server.net.sse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import live.telemetry.server.net.http.HeadParser;
import live.telemetry.server.net.http.RequestHead;
import live.telemetry.server.net.subscription.SubscriptionRequest;
import live.telemetry.server.session.Loop;
import org.junit.jupiter.api.Test;

class StreamIdsTest {

    private static final Map<Topic, Position> POSITIONS = Map.of(Topic.of("a"), new Position("e", 1));

    private int asked;
    private boolean resumable;
    private long nanos;
    private Runnable timer = () -> {};
    private final StreamIds ids = new StreamIds(new StillLoop(), request(), () -> resumable, () -> asked++);

    private static SubscriptionRequest request() {
        byte[] head = "GET /events?topic=a&topic=b HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        RequestHead parsed = new HeadParser(1_000).parse(ByteBuffer.wrap(head)).orElseThrow();
        return SubscriptionRequest.of(parsed, new byte[0], null);
    }

    @Test
    void whileAStreamWaitsForItsTopicsNobodyIsAskedToWriteAnId() {
        ids.moved();
        ids.drained();
        assertThat(asked).as("else the loop would ask again and again").isZero();
        assertThat(ids.isDue()).isFalse();
        resumable = true;
        assertThat(ids.isDue()).isTrue();
        ids.drained();
        assertThat(asked).isEqualTo(1);
    }

    @Test
    void afterAnIdTheNextWaitsASecond() {
        resumable = true;
        ids.moved();
        assertThat(ids.take(POSITIONS)).asString().startsWith("id: ");
        ids.moved();
        ids.drained();
        assertThat(ids.isDue()).isFalse();
        assertThat(asked).isZero();
        nanos = 1_000_000_000L;
        timer.run();
        assertThat(asked).isEqualTo(1);
        assertThat(ids.isDue()).isTrue();
    }

    /** Time stands unless a test moves it. */
    private final class StillLoop implements Loop {
        @Override
        public int number() {
            return 0;
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void wakeUp() {
            // Nothing sleeps.
        }

        @Override
        public Timer schedule(long delayNanos, Runnable task) {
            timer = task;
            return () -> {};
        }

        @Override
        public long nanoTime() {
            return nanos;
        }

        @Override
        public long wallMillis() {
            return 0;
        }
    }
}
