package live.telemetry.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.Position;
import live.telemetry.core.Rights;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A topic's first record, and subscriptions that come at the same moment. */
class BirthIT {

    private final CountDownLatch born = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    /** Holds a publisher between the delivery of its record and the moment from which the broadcaster names the topic. */
    private final class Holding extends ForwardingBroadcaster {
        @Override
        public void start(Sink sink) {
            super.start(new Sink() {
                @Override
                public void onRecords(Topic topic, String epoch, List<TelemetryRecord> records) {
                    sink.onRecords(topic, epoch, records);
                    born.countDown();
                    await(released);
                }

                @Override
                public void onHead(Topic topic, Position head) {
                    sink.onHead(topic, head);
                }

                @Override
                public void onEpochChange(Broadcaster.EpochChange change) {
                    sink.onEpochChange(change);
                }

                @Override
                public void onState(Broadcaster.State state) {
                    sink.onState(state);
                }
            });
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"first", "*", ">"})
    void subscriptionDuringABirthGetsWhatFollows(String pattern) throws Exception {
        try (TelemetryServer server = TelemetryServer.builder()
                        .port(0)
                        .allowAnonymous(Rights.ALL)
                        .broadcaster(new Holding())
                        .build()
                        .start();
                WireClient client = WireClient.connect(server)) {
            Thread publisher = new Thread(() -> server.publish("first", 1));
            publisher.start();
            await(born);
            client.send("{'type':'subscribe','id':1,'topic':'" + pattern + "'}");
            // It may be answered now, or when the birth is over.
            Awaitility.await().during(Duration.ofMillis(100)).until(() -> true);
            released.countDown();
            client.expect("subscribed");
            publisher.join(5_000);
            server.publish("first", 2);
            client.until(envelope -> envelope.get("type").getAsString().equals("data")
                    && envelope.get("seq").getAsLong() == 2);
        }
    }
}
