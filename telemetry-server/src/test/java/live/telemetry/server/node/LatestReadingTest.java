package live.telemetry.server.node;

import static live.telemetry.server.node.HandDrivenBroadcaster.TOPIC;
import static live.telemetry.server.node.HandDrivenBroadcaster.records;
import static live.telemetry.server.node.HandDrivenBroadcaster.unavailable;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import live.telemetry.core.Broadcaster.LatestRecords;
import live.telemetry.core.History.Continuity;
import live.telemetry.core.Position;
import live.telemetry.core.Retention;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.server.log.LatestFrames;
import live.telemetry.server.log.ReaderTurns;
import live.telemetry.server.log.SegmentPool;
import live.telemetry.tck.VirtualTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A log that begins at 11, under a broadcaster that keeps a table of the latest records. Records have the keys k0, k1, k2 in turn. */
class LatestReadingTest {

    private final VirtualHousekeeping housekeeping = new VirtualHousekeeping(new VirtualTime());
    private final HandDrivenBroadcaster broadcaster = new HandDrivenBroadcaster();
    private final Node node = new Node(
            broadcaster,
            LogReading.FRAMING,
            Retention.DEFAULT,
            new NodeLimits(1_000, 100),
            new SegmentPool(8 << 20, new ReaderTurns(1)),
            housekeeping,
            housekeeping);

    @BeforeEach
    void start() {
        node.start();
        broadcaster.deliver("a", 11, 11);
    }

    private static NodeTopic topic(Node node) {
        return node.topics().iterator().next();
    }

    private CompletableFuture<Void> complete() {
        return topic(node).completeLatest().toCompletableFuture();
    }

    private void table(String epoch, long head, long... seqs) {
        List<TelemetryRecord> records = new ArrayList<>();
        for (long seq : seqs) {
            records.addAll(records(seq, seq));
        }
        broadcaster.latest =
                CompletableFuture.completedFuture(Optional.of(new LatestRecords(new Position(epoch, head), records)));
    }

    private List<Long> latest() {
        return topic(node).log().latest(0, Long.MAX_VALUE).frames().stream()
                .map(LatestFrames.Frame::seq)
                .toList();
    }

    @Test
    void tableIsTakenInPlaceOfTheHistory() {
        table("a", 11, 3, 4, 11);
        assertThat(complete()).isCompleted();
        assertThat(latest()).containsExactly(3L, 4L, 11L);
        assertThat(broadcaster.asked).isZero();
    }

    @Test
    void tableCountsOnceTheLogHasComeToItsMoment() {
        table("a", 13, 4, 11, 12);
        CompletableFuture<Void> complete = complete();
        assertThat(complete).isNotDone();
        broadcaster.answer("a", 11, Continuity.CONTINUES, new Position("a", 13), 12, 12);
        assertThat(complete).isNotDone();
        broadcaster.deliver("a", 13, 13);
        assertThat(complete).isCompleted();
        assertThat(latest()).containsExactly(11L, 12L, 13L);
    }

    @Test
    void tableOfAnotherEpochIsAskedForAgain() {
        table("b", 1, 1);
        assertThat(complete()).isCompletedExceptionally();
    }

    @Test
    void logThatIsReplacedWhileItIsWaitedForEndsTheWaiting() {
        table("a", 13, 4, 11, 12);
        CompletableFuture<Void> complete = complete();
        broadcaster.change("a", 11L, "b");
        assertThat(complete).isCompletedExceptionally();
    }

    @Test
    void failureIsToldAndTheNextAttemptIsItsOwn() {
        broadcaster.latest = CompletableFuture.failedFuture(unavailable());
        assertThat(complete()).isCompletedExceptionally();
        table("a", 11, 3, 4, 11);
        assertThat(complete()).isCompleted();
    }

    @Test
    void historyIsReadWhereThereIsNoTable() {
        CompletableFuture<Void> complete = complete();
        broadcaster.answer("a", 0, Continuity.EXPIRED, new Position("a", 11), 9, 11);
        assertThat(complete).isCompleted();
        assertThat(latest()).containsExactly(9L, 10L, 11L);
        assertThat(TOPIC).isEqualTo(topic(node).topic());
    }
}
