package live.telemetry.server.node;

import static live.telemetry.server.node.HandDrivenBroadcaster.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.LocalBroadcaster;
import live.telemetry.core.Publication;
import live.telemetry.core.Retention;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.json.JsonData;
import live.telemetry.server.log.ReaderTurns;
import live.telemetry.server.log.SegmentPool;
import live.telemetry.server.log.TopicLog;
import live.telemetry.tck.VirtualTime;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class NodeFeedTest {

    private final VirtualTime time = new VirtualTime();
    private final VirtualHousekeeping housekeeping = new VirtualHousekeeping(time);
    private final HandDrivenBroadcaster broadcaster = new HandDrivenBroadcaster();

    @Test
    void stateIsPassedOn() {
        Node node = node(broadcaster, 8 << 20);
        List<Broadcaster.State> states = new ArrayList<>();
        node.onState(states::add);
        node.start();
        broadcaster.sink.onState(Broadcaster.State.DOWN);

        assertThat(states).containsExactly(Broadcaster.State.DOWN);
        assertThat(node.state()).isEqualTo(Broadcaster.State.UP);
    }

    @Test
    void recordLargerThanTheLimitIsNotPublished() {
        Node node = node(new LocalBroadcaster(), 8 << 20);
        node.start();

        node.publish(publication("a", "x".repeat(998)));
        assertThatThrownBy(() -> node.publish(publication("a", "x".repeat(999))))
                .isInstanceOfSatisfying(
                        TelemetryException.class,
                        error -> assertThat(error.code()).isEqualTo(ErrorCode.RECORD_TOO_LARGE));
        assertThatThrownBy(() -> node.publish(publication("a", "\u20ac".repeat(334))))
                .isInstanceOf(TelemetryException.class);
        node.publish(publication("a", "\u20ac".repeat(332)));
        assertThat(node.stats().records()).isEqualTo(2);
    }

    @Test
    void lossesAreNotLoggedOneByOne() {
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(MissedRecords.class);
        appender.start();
        logger.addAppender(appender);
        logger.setAdditive(false);
        logger.setLevel(Level.WARN);
        try {
            Node node = node(broadcaster, 8 << 20);
            node.start();
            for (long seq = 1; seq <= 1_000; seq++) {
                TelemetryRecord large = new TelemetryRecord(TOPIC, seq, 0, null, JsonData.of("x".repeat(10_000)));
                broadcaster.sink.onRecords(TOPIC, "e", List.of(large));
                time.run(Duration.ofMillis(20));
            }
            assertThat(node.stats().missedRecords()).isEqualTo(1_000);
        } finally {
            logger.detachAppender(appender);
            logger.setAdditive(true);
            logger.setLevel(null);
        }

        assertThat(appender.list.stream().filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN)))
                .as("in 20 s")
                .hasSizeBetween(1, 3);
    }

    /** Every lock that the way of a record takes, from several sides at once. */
    @Test
    void publishersReadersAndSweepsDoNotBlockEachOther() throws Exception {
        Node node = node(new LocalBroadcaster(), 1 << 20);
        node.start();
        int publishers = 3;
        int each = 10_000;
        ExecutorService executor = Executors.newFixedThreadPool(publishers + 1);
        CountDownLatch done = new CountDownLatch(publishers);
        try {
            List<Future<?>> runs = new ArrayList<>();
            for (int p = 0; p < publishers; p++) {
                int offset = p;
                runs.add(executor.submit(() -> {
                    for (int i = 0; i < each; i++) {
                        node.publish(publication("t." + (i + offset) % 16, "x".repeat(300)));
                    }
                    done.countDown();
                }));
            }
            runs.add(executor.submit(() -> {
                while (done.getCount() > 0) {
                    for (NodeTopic topic :
                            node.lookUp(TopicPattern.ALL).toCompletableFuture().join()) {
                        TopicLog log = topic.log();
                        topic.page(log.headPosition());
                        log.latest(0, 1_000);
                        log.expire(System.currentTimeMillis());
                    }
                }
            }));
            for (Future<?> run : runs) {
                run.get(20, TimeUnit.SECONDS);
            }
        } finally {
            executor.shutdownNow();
        }

        assertThat(node.stats().records()).isEqualTo((long) publishers * each);
        assertThat(node.stats().missedRecords()).isZero();
        assertThat(node.stats().reclaimedBytes()).isPositive();
        assertThat(node.stats().retainedBytes()).isLessThanOrEqualTo(1 << 20);
        for (NodeTopic topic : node.topics()) {
            assertThat(LogReading.texts(topic.log())).isNotEmpty().noneMatch(text -> text.startsWith("nothing"));
        }
    }

    private Node node(Broadcaster fedBy, long budget) {
        return new Node(
                fedBy,
                LogReading.FRAMING,
                Retention.DEFAULT,
                new NodeLimits(1_000, 100),
                new SegmentPool(budget, new ReaderTurns(1)),
                housekeeping,
                housekeeping);
    }

    private static Publication publication(String topic, String data) {
        return new Publication(Topic.of(topic), System.currentTimeMillis(), null, JsonData.of(data));
    }
}
