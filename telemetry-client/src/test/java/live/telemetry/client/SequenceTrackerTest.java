package live.telemetry.client;

import static live.telemetry.client.SequenceTracker.Verdict.BEYOND;
import static live.telemetry.client.SequenceTracker.Verdict.FOLLOWS;
import static live.telemetry.client.SequenceTracker.Verdict.KNOWN;
import static live.telemetry.client.SequenceTracker.Verdict.SNAPSHOT_AGAIN;
import static org.assertj.core.api.Assertions.assertThat;

import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import live.telemetry.core.envelope.GapReason;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import org.junit.jupiter.api.Test;

class SequenceTrackerTest {

    private static final Topic TOPIC = Topic.of("host.cpu");

    private final SequenceTracker tracker = new SequenceTracker(false);

    private static Position at(String epoch, long seq) {
        return new Position(epoch, seq);
    }

    private static Gap expired(String epoch, long from, long to) {
        return new Gap(null, TOPIC, epoch, from, to, to + 1, GapReason.EXPIRED, null);
    }

    @Test
    void knowsNoPositionAtFirst() {
        assertThat(tracker.position()).isEmpty();
    }

    @Test
    void followsTheSequence() {
        assertThat(tracker.subscribed(at("e", 41), null)).isEqualTo(FOLLOWS);
        assertThat(tracker.record("e", 42)).isEqualTo(FOLLOWS);
        assertThat(tracker.record("e", 43)).isEqualTo(FOLLOWS);
        assertThat(tracker.position()).contains(at("e", 43));
    }

    @Test
    void dropsWhatIsKnown() {
        tracker.subscribed(at("e", 41), null);
        tracker.record("e", 42);
        assertThat(tracker.record("e", 42)).isEqualTo(KNOWN);
        assertThat(tracker.record("e", 7)).isEqualTo(KNOWN);
        assertThat(tracker.position()).contains(at("e", 42));
    }

    @Test
    void standsStillAtWhatDoesNotFollow() {
        tracker.subscribed(at("e", 41), null);
        assertThat(tracker.record("e", 43)).isEqualTo(BEYOND);
        assertThat(tracker.position()).contains(at("e", 41));
        assertThat(tracker.record("e", 42)).isEqualTo(FOLLOWS);
    }

    @Test
    void answerBehindWhatIsKnownRepeatsNothing() {
        tracker.subscribed(at("e", 50), null);
        assertThat(tracker.subscribed(at("e", 40), null)).isEqualTo(FOLLOWS);
        assertThat(tracker.record("e", 41)).isEqualTo(KNOWN);
        assertThat(tracker.record("e", 51)).isEqualTo(FOLLOWS);
    }

    @Test
    void answerBeyondWhatIsKnownPassesNothingOver() {
        tracker.subscribed(at("e", 50), null);
        assertThat(tracker.subscribed(at("e", 60), null)).isEqualTo(BEYOND);
        assertThat(tracker.position()).contains(at("e", 50));
    }

    @Test
    void newEpochWithNothingLostGoesOnWithTheNumbers() {
        tracker.subscribed(at("e", 50), null);
        assertThat(tracker.subscribed(at("f", 50), null)).isEqualTo(FOLLOWS);
        assertThat(tracker.record("f", 51)).isEqualTo(FOLLOWS);
        assertThat(tracker.position()).contains(at("f", 51));
        assertThat(tracker.subscribed(at("g", 53), null))
                .as("52 and 53 were passed over")
                .isEqualTo(BEYOND);
        assertThat(tracker.position()).contains(at("g", 51));
        assertThat(tracker.record("g", 52)).isEqualTo(FOLLOWS);
    }

    @Test
    void recordOfAnotherEpochDoesNotFollow() {
        tracker.subscribed(at("e", 50), null);
        assertThat(tracker.record("f", 51)).isEqualTo(BEYOND);
        assertThat(tracker.position()).contains(at("e", 50));
    }

    @Test
    void whatWasToldToAReaderFurtherBackIsNoNews() {
        tracker.subscribed(at("f", 9), null);
        assertThat(tracker.gap(new Gap(null, TOPIC, "f", 1, 4, 5, GapReason.EPOCH_CHANGED, null)))
                .isEqualTo(KNOWN);
        assertThat(tracker.gap(new Gap(null, TOPIC, "f", 7, 8, 7, GapReason.ROLLED_BACK, "e")))
                .isEqualTo(KNOWN);
        assertThat(tracker.gap(new Gap(null, TOPIC, "f", 10, 99, 10, GapReason.ROLLED_BACK, "f")))
                .isEqualTo(KNOWN);
        assertThat(tracker.position()).contains(at("f", 9));
    }

    @Test
    void whatWasTakenBackBeyondAReaderPassesNothingOver() {
        tracker.subscribed(at("e", 5), null);
        assertThat(tracker.gap(new Gap(null, TOPIC, "f", 9, 12, 9, GapReason.ROLLED_BACK, "e")))
                .isEqualTo(BEYOND);
        assertThat(tracker.position()).contains(at("e", 5));
    }

    @Test
    void firstRecordComesOnlyUnderAnEpoch() {
        tracker.subscribed(Position.NONE, null);
        assertThat(tracker.position()).contains(Position.NONE);
        assertThat(tracker.record("e", 1)).isEqualTo(BEYOND);
        tracker.subscribed(at("e", 0), null);
        assertThat(tracker.record("e", 1)).isEqualTo(FOLLOWS);
    }

    @Test
    void gapMovesThePosition() {
        tracker.subscribed(at("e", 42), null);
        Gap gap = expired("e", 43, 50);
        assertThat(tracker.lostBy(gap)).isEqualTo(8);
        assertThat(tracker.gap(gap)).isEqualTo(FOLLOWS);
        assertThat(tracker.position()).contains(at("e", 50));
        assertThat(tracker.record("e", 51)).isEqualTo(FOLLOWS);
    }

    @Test
    void gapAmongWhatIsKnownIsNoNews() {
        tracker.subscribed(at("e", 60), null);
        Gap gap = expired("e", 43, 50);
        assertThat(tracker.lostBy(gap)).isZero();
        assertThat(tracker.gap(gap)).isEqualTo(KNOWN);
        assertThat(tracker.position()).contains(at("e", 60));
    }

    @Test
    void gapThatReachesBackLosesOnlyWhatWasNotDelivered() {
        tracker.subscribed(at("e", 45), null);
        Gap gap = expired("e", 43, 50);
        assertThat(tracker.lostBy(gap)).isEqualTo(5);
        assertThat(tracker.gap(gap)).isEqualTo(FOLLOWS);
    }

    @Test
    void gapThatBeginsBeyondPassesNothingOver() {
        tracker.subscribed(at("e", 40), null);
        assertThat(tracker.gap(expired("e", 43, 50))).isEqualTo(BEYOND);
        assertThat(tracker.position()).contains(at("e", 40));
    }

    @Test
    void changedEpochGoesOnThere() {
        tracker.subscribed(at("e", 500), null);
        Gap gap = new Gap(null, TOPIC, "f", 1, 9, 10, GapReason.EPOCH_CHANGED, null);
        assertThat(tracker.lostBy(gap)).isEqualTo(9);
        assertThat(tracker.gap(gap)).isEqualTo(FOLLOWS);
        assertThat(tracker.position()).contains(at("f", 9));
    }

    @Test
    void changedEpochOfAnEmptyTopicWaitsForItsFirstRecord() {
        tracker.subscribed(at("e", 500), null);
        Gap gap = new Gap(null, TOPIC, "", 1, 0, 1, GapReason.EPOCH_CHANGED, null);
        assertThat(tracker.lostBy(gap)).isZero();
        assertThat(tracker.gap(gap)).isEqualTo(FOLLOWS);
        assertThat(tracker.position()).contains(Position.NONE);
    }

    @Test
    void rollbackWithinTheEpochTakesTheNumbersAgain() {
        tracker.subscribed(at("e", 50), null);
        Gap gap = new Gap(null, TOPIC, "e", 46, 53, 46, GapReason.ROLLED_BACK, "e");
        assertThat(tracker.lostBy(gap)).as("46 to 50 were delivered").isEqualTo(3);
        assertThat(tracker.gap(gap)).isEqualTo(FOLLOWS);
        assertThat(tracker.record("e", 46)).isEqualTo(FOLLOWS);
    }

    @Test
    void conflatedNumbersSkipButDoNotRepeat() {
        SequenceTracker conflated = new SequenceTracker(true);
        conflated.subscribed(at("e", 10), null);
        assertThat(conflated.record("e", 15)).isEqualTo(FOLLOWS);
        assertThat(conflated.record("e", 12)).isEqualTo(KNOWN);
        assertThat(conflated.record("e", 99)).isEqualTo(FOLLOWS);
        assertThat(conflated.subscribed(at("e", 120), null)).isEqualTo(FOLLOWS);
        assertThat(conflated.position()).contains(at("e", 120));
    }

    @Test
    void snapshotIsOutsideTheSequence() {
        tracker.subscribed(at("e", 50), 3);
        assertThat(tracker.position()).isEmpty();
        assertThat(tracker.record("e", 7)).isEqualTo(FOLLOWS);
        assertThat(tracker.record("e", 31)).isEqualTo(FOLLOWS);
        assertThat(tracker.position()).as("cut off here, it goes on here").contains(at("e", 31));
        assertThat(tracker.record("e", 50)).isEqualTo(FOLLOWS);
        assertThat(tracker.position()).contains(at("e", 50));
        assertThat(tracker.record("e", 51)).isEqualTo(FOLLOWS);
        assertThat(tracker.record("e", 53)).isEqualTo(BEYOND);
    }

    @Test
    void emptySnapshotIsNone() {
        tracker.subscribed(at("e", 50), 0);
        assertThat(tracker.position()).contains(at("e", 50));
        assertThat(tracker.record("e", 51)).isEqualTo(FOLLOWS);
    }

    @Test
    void snapshotThatNeverBeganIsAskedForAnew() {
        tracker.subscribed(at("e", 50), 3);
        tracker.cutOff();
        assertThat(tracker.position()).isEmpty();
        tracker.subscribed(at("e", 60), 1);
        assertThat(tracker.record("e", 60)).isEqualTo(FOLLOWS);
        assertThat(tracker.position()).contains(at("e", 60));
    }

    @Test
    void snapshotCutOffGoesOnAfterTheLastOfItsRecords() {
        tracker.subscribed(at("e", 50), 3);
        tracker.record("e", 7);
        tracker.cutOff();
        assertThat(tracker.subscribed(at("e", 7), null)).isEqualTo(FOLLOWS);
        assertThat(tracker.record("e", 8)).isEqualTo(FOLLOWS);
        assertThat(tracker.record("e", 10)).isEqualTo(BEYOND);
    }

    @Test
    void snapshotCutOffAndExpiredIsAskedForAnewWithoutRepeating() {
        tracker.subscribed(at("e", 50), 3);
        tracker.record("e", 7);
        tracker.cutOff();
        tracker.subscribed(at("e", 7), null);
        assertThat(tracker.gap(expired("e", 8, 30))).isEqualTo(SNAPSHOT_AGAIN);
        tracker.subscribed(at("e", 60), 3);
        assertThat(tracker.record("e", 7)).isEqualTo(KNOWN);
        assertThat(tracker.record("e", 40)).isEqualTo(FOLLOWS);
        assertThat(tracker.record("e", 60)).isEqualTo(FOLLOWS);
        assertThat(tracker.gap(expired("e", 61, 70))).as("outside the snapshot").isEqualTo(FOLLOWS);
    }
}
