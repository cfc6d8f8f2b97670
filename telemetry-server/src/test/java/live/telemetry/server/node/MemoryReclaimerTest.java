package live.telemetry.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import live.telemetry.core.Retention;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.json.JsonData;
import live.telemetry.server.log.ReaderTurns;
import live.telemetry.server.log.SegmentPool;
import live.telemetry.server.log.TopicLog;
import live.telemetry.tck.VirtualTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MemoryReclaimerTest {

    private static final int MIB = 1 << 20;

    private final VirtualTime time = new VirtualTime();
    private final VirtualHousekeeping housekeeping = new VirtualHousekeeping(time);
    private final HandDrivenBroadcaster broadcaster = new HandDrivenBroadcaster();
    private final SegmentPool pool = new SegmentPool(2 * MIB, new ReaderTurns(1));
    private final Node node = new Node(
            broadcaster,
            LogReading.FRAMING,
            Retention.DEFAULT,
            new NodeLimits(1_000_000, 100),
            pool,
            housekeeping,
            housekeeping);

    @BeforeEach
    void start() {
        node.start();
    }

    @Test
    void idleLogsThatNobodyWatchesGoFirst() {
        feed("idle.unwatched", 200_000);
        feed("idle.watched", 500_000);
        topic("idle.watched").addWatcher(() -> {});
        time.run(Duration.ofSeconds(11));
        feed("busy", 100_000);
        while (node.stats().reclaimedBytes() == 0) {
            feed("other", 1_000);
        }

        assertThat(isEmpty("idle.unwatched")).isTrue();
        assertThat(first("idle.watched")).isEqualTo(1);
        assertThat(first("busy")).isEqualTo(1);
        assertThat(first("other")).isEqualTo(1);
    }

    @Test
    void latestRecordOfAKeySurvivesTheReclaim() {
        feed("idle", 100_000);
        time.run(Duration.ofSeconds(11));
        while (node.stats().reclaimedBytes() == 0) {
            feed("other", 1_000);
        }

        assertThat(isEmpty("idle")).isTrue();
        assertThat(log("idle").latest(0, Long.MAX_VALUE).frames()).hasSize(1);
    }

    @Test
    void oldestRecordsOfTheLargestLogsGoNext() {
        feed("small", 10_000);
        feed("middle", 200_000);
        while (node.stats().reclaimedBytes() < MIB) {
            feed("large", 1_000);
        }

        assertThat(first("small")).isEqualTo(1);
        assertThat(first("middle")).isEqualTo(1);
        assertThat(first("large")).isGreaterThan(1);
        assertThat(log("large").bytes()).isGreaterThan(MIB);
    }

    @Test
    void noMoreIsTakenThanAShare() {
        for (int i = 0; i < 1_500; i++) {
            feed("small." + i, 200);
        }
        time.run(Duration.ofSeconds(11));
        while (node.stats().reclaimedBytes() == 0) {
            feed("other", 1_000);
        }

        long kept =
                IntStream.range(0, 1_500).filter(i -> !isEmpty("small." + i)).count();
        assertThat(kept).as("a sixteenth of 2 MiB is 128 blocks").isBetween(1_372L, 1_400L);
    }

    @Test
    void roomIsMadeForARecordThatIsLargerThanAShare() {
        for (int i = 0; i < 10; i++) {
            feed("small." + i, 180_000);
        }
        feed("large", 900_000);

        assertThat(first("large")).isEqualTo(1);
        assertThat(log("large").bytes()).isGreaterThan(890_000);
        assertThat(node.stats().missedRecords()).isZero();
    }

    @Test
    void whatAnotherThreadHasFreedMeanwhileIsEnough() {
        MemoryReclaimer reclaimer = new MemoryReclaimer(node.topics(), pool, housekeeping);
        feed("a", 500_000);
        int round = reclaimer.round();

        assertThat(reclaimer.makeRoom(1_000, round)).isTrue();
        long freed = reclaimer.reclaimedBytes();
        assertThat(freed).isPositive();
        assertThat(reclaimer.makeRoom(1_000, round)).isTrue();
        assertThat(reclaimer.reclaimedBytes()).isEqualTo(freed);
        assertThat(reclaimer.makeRoom(1_000, reclaimer.round())).isTrue();
        assertThat(reclaimer.reclaimedBytes()).isGreaterThan(freed);
    }

    @Test
    void whereThereIsNothingToFreeThatIsSaid() {
        MemoryReclaimer reclaimer = new MemoryReclaimer(node.topics(), pool, housekeeping);

        assertThat(reclaimer.makeRoom(1_000, reclaimer.round())).isFalse();
    }

    @Test
    void feedGoesOnWhenThereIsNoRoomAtAll() {
        feed("a", 1_000);
        ReaderTurns stuck = new ReaderTurns(1);
        SegmentPool full = new SegmentPool(MIB, stuck);
        HandDrivenBroadcaster feeding = new HandDrivenBroadcaster();
        Node blocked = new Node(
                feeding,
                LogReading.FRAMING,
                Retention.DEFAULT,
                new NodeLimits(1_000_000, 100),
                full,
                housekeeping,
                housekeeping);
        blocked.start();
        // A loop that hangs: nothing that is given back becomes free.
        stuck.begin(0);
        for (long seq = 1; seq <= 5_000; seq++) {
            feeding.sink.onRecords(Topic.of("t"), "e", List.of(record("t", seq, 1_000)));
        }

        TopicLog log = blocked.topics().iterator().next().log();
        assertThat(log.head()).isEqualTo(5_000);
        assertThat(blocked.stats().missedRecords()).isPositive();
        stuck.end(0);
        feeding.sink.onRecords(Topic.of("t"), "e", List.of(record("t", 5_001, 1_000)));
        assertThat(log.first()).isEqualTo(5_001);
    }

    /** Records of 1,000 bytes, or one that is smaller or larger than that alone. */
    private void feed(String topic, int bytes) {
        int size = bytes % 1_000 == 0 && bytes < 900_000 ? 1_000 : bytes;
        for (int fed = 0; fed < bytes; fed += size) {
            NodeTopic known = find(topic);
            long seq = known == null ? 1 : known.log().head() + 1;
            broadcaster.sink.onRecords(Topic.of(topic), "e", List.of(record(topic, seq, size)));
        }
    }

    private static TelemetryRecord record(String topic, long seq, int bytes) {
        return new TelemetryRecord(Topic.of(topic), seq, 0, null, JsonData.of("x".repeat(Math.max(1, bytes - 70))));
    }

    private NodeTopic find(String topic) {
        return node.topics().stream()
                .filter(each -> each.topic().name().equals(topic))
                .findFirst()
                .orElse(null);
    }

    private NodeTopic topic(String topic) {
        NodeTopic found = find(topic);
        assertThat(found).as(topic).isNotNull();
        return found;
    }

    private TopicLog log(String topic) {
        return topic(topic).log();
    }

    private long first(String topic) {
        return log(topic).first();
    }

    private boolean isEmpty(String topic) {
        return log(topic).first() > log(topic).head();
    }
}
