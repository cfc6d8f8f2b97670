package live.telemetry.server.node;

import static live.telemetry.server.node.HandDrivenBroadcaster.TOPIC;
import static live.telemetry.server.node.HandDrivenBroadcaster.records;
import static live.telemetry.server.node.HandDrivenBroadcaster.unavailable;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import live.telemetry.core.History;
import live.telemetry.core.History.Continuity;
import live.telemetry.core.Position;
import live.telemetry.core.Retention;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.TopicPattern;
import live.telemetry.server.log.LatestFrames;
import live.telemetry.server.log.ReaderTurns;
import live.telemetry.server.log.SegmentPool;
import live.telemetry.server.log.TopicLog;
import live.telemetry.tck.VirtualTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NodeTopicTest {

    private static final Duration RETRY = Duration.ofMillis(500);

    private final VirtualTime time = new VirtualTime();
    private final VirtualHousekeeping housekeeping = new VirtualHousekeeping(time);
    private final HandDrivenBroadcaster broadcaster = new HandDrivenBroadcaster();
    private final Node node = new Node(
            broadcaster,
            LogReading.FRAMING,
            Retention.DEFAULT,
            new NodeLimits(1_000, 100),
            new SegmentPool(8 << 20, new ReaderTurns(1)),
            housekeeping,
            housekeeping);
    private final List<NodeTopic> births = new ArrayList<>();
    private int changes;

    @BeforeEach
    void start() {
        node.onBirth(births::add);
        node.start();
    }

    // ---- the feed

    @Test
    void firstRecordsMakeTheLog() {
        broadcaster.deliver("a", 5, 7);

        assertLog("a", 5, 7);
        assertThat(births).containsExactly(topic());
        assertThat(broadcaster.questions).isEmpty();
    }

    @Test
    void whatIsKnownAlreadyIsDropped() {
        broadcaster.deliver("a", 1, 4);
        broadcaster.deliver("a", 2, 3);
        broadcaster.deliver("a", 3, 6);
        broadcaster.deliver("a", 1, 6);

        assertLog("a", 1, 6);
        assertThat(broadcaster.questions).isEmpty();
    }

    @Test
    void watchersAreTold() {
        broadcaster.deliver("a", 1, 1);
        watch();
        broadcaster.deliver("a", 2, 2);

        assertThat(changes).isEqualTo(1);
    }

    @Test
    void holeIsReadFromHistoryBeforeAnythingBehindIt() {
        broadcaster.deliver("a", 1, 2);
        broadcaster.deliver("a", 5, 6);
        assertLog("a", 1, 2);
        broadcaster.deliver("a", 7, 7);
        watch();

        broadcaster.answer("a", 2, Continuity.CONTINUES, new Position("a", 7), 3, 5);
        assertLog("a", 1, 5);
        assertThat(changes).isPositive();
        broadcaster.answer("a", 5, Continuity.CONTINUES, new Position("a", 7), 6, 7);
        assertLog("a", 1, 7);
        assertThat(broadcaster.questions).isEmpty();
    }

    @Test
    void answerThatTheFeedHasOvertakenIsNotApplied() {
        broadcaster.deliver("a", 1, 2);
        broadcaster.head("a", 4);
        broadcaster.deliver("a", 3, 4);

        broadcaster.answer("a", 2, Continuity.CONTINUES, new Position("a", 4), 3, 4);

        assertLog("a", 1, 4);
        assertThat(broadcaster.questions).isEmpty();
    }

    @Test
    void lastRecordThatWasLostIsReadWhenItsHeadIsTold() {
        broadcaster.deliver("a", 1, 2);
        broadcaster.head("a", 3);
        broadcaster.answer("a", 2, Continuity.CONTINUES, new Position("a", 3), 3, 3);
        broadcaster.head("a", 3);
        broadcaster.head("a", 2);

        assertLog("a", 1, 3);
        assertThat(broadcaster.asked).isEqualTo(1);
    }

    @Test
    void headAloneBeginsALogThatLeavesWhatCameBeforeToTheBroadcaster() {
        broadcaster.head("a", 9);
        broadcaster.deliver("a", 10, 11);

        assertLog("a", 10, 11);
        assertThat(births).hasSize(1);
        assertThat(broadcaster.questions).isEmpty();
    }

    @Test
    void lookUpFindsTopicsAndLearnsTheirHeads() {
        broadcaster.heads.put(TOPIC, new Position("a", 3));
        List<NodeTopic> found =
                node.lookUp(TopicPattern.ALL).toCompletableFuture().join();

        assertThat(found).containsExactly(topic());
        assertThat(log().headPosition()).isEqualTo(new Position("a", 3));
    }

    // ---- history that cannot be had

    @Test
    void historyThatFailsIsAskedAgainLaterUntilItSucceeds() {
        broadcaster.deliver("a", 1, 2);
        broadcaster.deliver("a", 4, 4);
        for (int i = 0; i < 3; i++) {
            broadcaster.fail();
            assertThat(broadcaster.questions).isEmpty();
            time.run(RETRY);
        }
        broadcaster.answer("a", 2, Continuity.CONTINUES, new Position("a", 4), 3, 4);

        assertLog("a", 1, 4);
        time.run(Duration.ofMinutes(1));
        assertThat(broadcaster.asked).isEqualTo(4);
    }

    @Test
    void feedThatGoesOnDuringAnOutageDoesNotMultiplyTheQuestions() {
        broadcaster.answering = (topic, after) -> CompletableFuture.failedFuture(unavailable());
        broadcaster.deliver("a", 1, 2);
        for (long seq = 4; seq < 1_000; seq++) {
            broadcaster.deliver("a", seq, seq);
        }

        assertThat(broadcaster.asked).isEqualTo(1);
        assertThat(housekeeping.waiting).as("one retry and the sweep").isEqualTo(2);
        time.run(Duration.ofSeconds(10));
        assertThat(broadcaster.asked).isEqualTo(21);
    }

    @Test
    void broadcasterThatThrowsIsAskedAgainLater() {
        broadcaster.answering = (topic, after) -> {
            throw new IllegalStateException("not today");
        };
        broadcaster.deliver("a", 1, 2);
        broadcaster.deliver("a", 4, 4);
        broadcaster.answering = (topic, after) -> CompletableFuture.completedFuture(
                new History(Continuity.CONTINUES, new Position("a", 4), 3, records(3, 4)));
        time.run(RETRY);

        assertLog("a", 1, 4);
    }

    @Test
    void answersAtOnceMayBeAsManyAsTheyLike() {
        long head = 20_000;
        broadcaster.answering = (topic, after) -> CompletableFuture.completedFuture(new History(
                Continuity.CONTINUES,
                new Position("a", head),
                after.seq() + 1,
                records(after.seq() + 1, after.seq() + 1)));
        broadcaster.deliver("a", 1, 1);
        broadcaster.head("a", head);

        assertThat(log().head()).isEqualTo(head);
    }

    @Test
    void answerWithoutTheRecordsItSpeaksOfIsNotAskedForInALoop() {
        broadcaster.answering = (topic, after) -> CompletableFuture.completedFuture(
                new History(Continuity.CONTINUES, new Position("a", 9), after.seq() + 1, List.of()));
        broadcaster.deliver("a", 1, 1);
        broadcaster.head("a", 9);
        time.run(Duration.ofSeconds(5));

        assertThat(broadcaster.asked).isBetween(2L, 11L);
        broadcaster.deliver("a", 2, 9);
        assertLog("a", 1, 9);
    }

    @Test
    void broadcasterIsNotCalledUnderTheTopicsLock() {
        List<Boolean> locked = new ArrayList<>();
        broadcaster.answering = (topic, after) -> {
            locked.add(Thread.holdsLock(topic()));
            return CompletableFuture.failedFuture(unavailable());
        };
        broadcaster.deliver("a", 1, 1);
        broadcaster.deliver("a", 3, 3);
        time.run(RETRY);

        assertThat(locked).containsExactly(false, false);
    }

    // ---- history that is lost

    @Test
    void expiredHoleIsSkippedAndCounted() {
        broadcaster.deliver("a", 1, 2);
        broadcaster.deliver("a", 9, 9);
        broadcaster.answer("a", 2, Continuity.EXPIRED, new Position("a", 9), 7, 9);

        assertLog("a", 7, 9);
        assertThat(node.stats().missedRecords()).isEqualTo(4);
    }

    @Test
    void holeThatExpiredWhileTheEpochChangedIsCountedAndKeysAreKept() {
        broadcaster.deliver("a", 1, 2);
        broadcaster.head("b", 9);
        broadcaster.answer("a", 2, Continuity.EXPIRED, new Position("b", 9), 7, 9);

        assertLog("b", 7, 9);
        assertThat(node.stats().missedRecords()).isEqualTo(4);
    }

    @Test
    void keysOutliveAHoleThatExpiredWhileTheEpochChanged() {
        broadcaster.deliver("a", 1, 2);
        broadcaster.head("b", 7);
        broadcaster.answer("a", 2, Continuity.EXPIRED, new Position("b", 7), 7, 7);

        assertThat(latestSeqs()).containsExactly(2L, 7L);
    }

    @Test
    void recordThatIsTooLargeIsSkippedAndCounted() {
        broadcaster.deliver("a", 1, 2);
        TelemetryRecord large =
                new TelemetryRecord(TOPIC, 3, 0, null, live.telemetry.core.json.JsonData.of("x".repeat(10_000)));
        broadcaster.sink.onRecords(TOPIC, "a", List.of(large));
        broadcaster.deliver("a", 4, 4);

        assertLog("a", 4, 4);
        assertThat(node.stats().missedRecords()).isEqualTo(1);
        assertThat(node.stats().records()).isEqualTo(3);
    }

    @Test
    void topicThatIsEmptyAgainIsBornAgain() {
        broadcaster.deliver("a", 1, 2);
        broadcaster.head("a", 3);
        broadcaster.answer("a", 2, Continuity.EPOCH_CHANGED, Position.NONE, 1, 0);

        assertThat(log()).isNull();
        broadcaster.deliver("b", 1, 1);
        assertLog("b", 1, 1);
        assertThat(births).hasSize(2);
        assertThat(broadcaster.questions).isEmpty();
    }

    // ---- epochs

    @Test
    void epochChangeThatKeptEverythingGoesOn() {
        broadcaster.deliver("a", 1, 3);
        watch();
        broadcaster.change("a", 3L, "b");
        broadcaster.deliver("b", 4, 5);

        assertLog("b", 4, 5);
        assertThat(latestSeqs()).containsExactly(3L, 4L, 5L);
        assertThat(changes).isGreaterThanOrEqualTo(2);
        assertThat(broadcaster.questions).isEmpty();
    }

    @Test
    void epochChangeTakesBackWhatWasNotKept() {
        broadcaster.deliver("a", 1, 5);
        broadcaster.change("a", 3L, "b");

        assertThat(log().headPosition()).isEqualTo(new Position("b", 3));
        assertThat(latestSeqs()).containsExactly(3L);
        broadcaster.deliver("b", 4, 4);
        assertLog("b", 4, 4);
    }

    @Test
    void epochChangeReadsWhatThisNodeStillLacks() {
        broadcaster.deliver("a", 1, 3);
        broadcaster.change("a", 6L, "b");
        assertThat(log().headPosition()).isEqualTo(new Position("b", 3));
        broadcaster.answer("b", 3, Continuity.CONTINUES, new Position("b", 6), 4, 6);

        assertLog("b", 4, 6);
    }

    @Test
    void epochChangeThatLostEverythingBeginsAnew() {
        broadcaster.deliver("a", 1, 3);
        broadcaster.change("a", null, "b");
        assertThat(log().headPosition()).isEqualTo(new Position("b", 0));
        broadcaster.deliver("b", 1, 2);

        assertLog("b", 1, 2);
        assertThat(latestSeqs()).containsExactly(1L, 2L);
    }

    @Test
    void epochChangeThatComesTwiceOrTooLateIsDropped() {
        broadcaster.deliver("a", 1, 3);
        broadcaster.change("a", 3L, "b");
        broadcaster.deliver("b", 4, 4);
        broadcaster.change("a", 3L, "b");
        broadcaster.change("x", null, "y");

        assertLog("b", 4, 4);
    }

    @Test
    void epochChangeForATopicThatIsNotKnownIsDropped() {
        broadcaster.change("a", 3L, "b");

        assertThat(log()).isNull();
    }

    @Test
    void epochThatWasNotToldIsLearntFromHistory() {
        broadcaster.deliver("a", 1, 5);
        broadcaster.deliver("b", 4, 4);
        assertLog("a", 1, 5);
        broadcaster.answer("a", 5, Continuity.ROLLED_BACK, new Position("b", 4), 4, 4);

        assertLog("b", 4, 4);
        assertThat(latestSeqs()).containsExactly(3L, 4L);
    }

    @Test
    void answerAboutAPositionThatWasLeftIsNotApplied() {
        broadcaster.deliver("a", 1, 5);
        broadcaster.head("b", 6);
        broadcaster.change("a", 3L, "b");
        broadcaster.deliver("b", 4, 6);
        TopicLog before = log();
        broadcaster.answer("a", 5, Continuity.ROLLED_BACK, new Position("b", 6), 4, 6);

        assertThat(log()).isSameAs(before);
        assertLog("b", 4, 6);
        assertThat(broadcaster.questions).isEmpty();
    }

    @Test
    void rollBackWhoseRecordsAreExpiredIsAskedOn() {
        broadcaster.deliver("a", 1, 5);
        broadcaster.head("b", 9);
        broadcaster.answer("a", 5, Continuity.ROLLED_BACK, new Position("b", 9), 4, 3);
        broadcaster.answer("b", 3, Continuity.EXPIRED, new Position("b", 9), 8, 9);

        assertLog("b", 8, 9);
    }

    @Test
    void historyThatBeganAnewReplacesTheLog() {
        broadcaster.deliver("a", 1, 5);
        broadcaster.head("b", 2);
        broadcaster.answer("a", 5, Continuity.EPOCH_CHANGED, new Position("b", 2), 1, 2);

        assertLog("b", 1, 2);
        assertThat(latestSeqs()).containsExactly(1L, 2L);
    }

    @Test
    void strayRecordOfADeadEpochCostsOneQuestion() {
        broadcaster.deliver("a", 1, 3);
        broadcaster.change("a", 3L, "b");
        broadcaster.deliver("b", 4, 4);
        broadcaster.deliver("a", 3, 3);
        broadcaster.answer("b", 4, Continuity.CONTINUES, new Position("b", 4), 5, 4);

        assertLog("b", 4, 4);
        assertThat(broadcaster.questions).isEmpty();
    }

    // ---- the rest of the node

    @Test
    void sweepDropsWhatIsTooOld() {
        broadcaster.deliver("a", 1, 3);
        time.run(Retention.DEFAULT.maxAge().plusMinutes(2));

        assertThat(log().first()).isEqualTo(4);
        broadcaster.deliver("a", 4, 4);
        assertLog("a", 4, 4);
        assertThat(latestSeqs()).containsExactly(2L, 3L, 4L);
    }

    private void watch() {
        topic().addWatcher(() -> changes++);
    }

    private NodeTopic topic() {
        return node.topics().iterator().next();
    }

    private TopicLog log() {
        return topic().log();
    }

    private List<Long> latestSeqs() {
        return log().latest(0, Long.MAX_VALUE).frames().stream()
                .map(LatestFrames.Frame::seq)
                .toList();
    }

    private void assertLog(String epoch, long first, long head) {
        assertThat(log().epoch()).isEqualTo(epoch);
        assertThat(log().first()).isEqualTo(first);
        assertThat(log().head()).isEqualTo(head);
        assertThat(LogReading.texts(log())).isEqualTo(LogReading.texts(records(first, head)));
    }
}
