package live.telemetry.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import live.telemetry.core.Retention;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One client stops reading for some seconds while records come at 2,000 a second. */
class SlowReaderIT {

    private static final int RECORDS = 8_000;
    private static final int FIRST = 2;
    private static final int LAST = FIRST + RECORDS - 1;
    private static final int RETAINED = 2_000;
    private static final String PADDING = "x".repeat(150);

    private final ScheduledExecutorService publisher = Executors.newSingleThreadScheduledExecutor();
    private final AtomicInteger published = new AtomicInteger();
    private TelemetryServer server;

    /** Replaced by the test that does all this over TLS. */
    TelemetryServerBuilder newServer() {
        return TelemetryServer.builder().port(0);
    }

    @BeforeEach
    void start() {
        server = newServer()
                .allowAnonymous()
                .retention(Retention.DEFAULT.withMaxRecords(RETAINED))
                .limits(ServerLimits.DEFAULT.withSendBufferBytes(16 << 10))
                .build()
                .start();
        // The topic's birth would be one more thing to be told.
        server.publish("load", Map.of("at", 0));
    }

    @AfterEach
    void stop() {
        publisher.shutdownNow();
        server.close();
    }

    private void publish() {
        for (int i = 0; i < 20 && published.get() < RECORDS; i++) {
            server.publish("load", Map.of("at", System.nanoTime(), "padding", PADDING));
            published.incrementAndGet();
        }
    }

    @Test
    void slowReaderGetsWhatIsRetainedAndDelaysNobody() throws Exception {
        try (RawPeer slow = RawPeer.connect(server, 8 << 10).upgrade();
                RawPeer quick = RawPeer.open(server)) {
            subscribe(slow);
            subscribe(quick);
            publisher.scheduleAtFixedRate(this::publish, 0, 10, TimeUnit.MILLISECONDS);

            long worstNanos = 0;
            for (int seq = FIRST; seq <= LAST; seq++) {
                JsonObject data = quick.expect("data");
                assertThat(data.get("seq").getAsLong()).isEqualTo(seq);
                long late = System.nanoTime()
                        - data.getAsJsonObject("data").get("at").getAsLong();
                worstNanos = Math.max(worstNanos, late);
            }
            System.out.printf("beside a slow reader: the latest record was %d ms late%n", worstNanos / 1_000_000);
            // Seconds of it wait for the slow one; none of that delay is the other's.
            assertThat(Duration.ofNanos(worstNanos)).isLessThan(Duration.ofSeconds(1));
            ServerStats stats = server.stats();
            assertThat(stats.sessions()).isEqualTo(2);
            assertThat(stats.retainedBytes()).isLessThan(2L << 20);

            Catching up = catchUp(slow);
            assertThat(up.lost)
                    .as("the retention is smaller than what it slept through")
                    .isPositive();
            assertThat(up.gaps).as("told once, not in pieces").isEqualTo(1);
            assertThat(up.received + up.lost).isEqualTo(RECORDS);
            assertThat(up.received).isGreaterThanOrEqualTo(RETAINED);

            server.publish("load", Map.of("at", 0));
            assertThat(slow.expect("data").get("seq").getAsLong()).isEqualTo(LAST + 1);
            assertThat(quick.expect("data").get("seq").getAsLong()).isEqualTo(LAST + 1);
        }
    }

    private static void subscribe(RawPeer peer) throws IOException {
        peer.send("{'type':'subscribe','id':1,'topic':'load'}");
        peer.expect("subscribed");
    }

    private static final class Catching {
        private long received;
        private long lost;
        private int gaps;
    }

    /** Reads to the last record; each one follows the one before, or a gap says what does not. */
    private static Catching catchUp(RawPeer slow) throws IOException {
        Catching up = new Catching();
        long next = FIRST;
        while (next <= LAST) {
            JsonObject envelope = slow.envelope();
            switch (envelope.get("type").getAsString()) {
                case "data" -> {
                    assertThat(envelope.get("seq").getAsLong()).isEqualTo(next++);
                    up.received++;
                }
                case "gap" -> {
                    assertThat(envelope.get("reason").getAsString()).isEqualTo("expired");
                    assertThat(envelope.get("from").getAsLong()).isEqualTo(next);
                    long to = envelope.get("to").getAsLong();
                    up.lost += to - next + 1;
                    up.gaps++;
                    next = envelope.get("next").getAsLong();
                    assertThat(next).isEqualTo(to + 1);
                }
                default -> throw new AssertionError(envelope);
            }
        }
        return up;
    }
}
