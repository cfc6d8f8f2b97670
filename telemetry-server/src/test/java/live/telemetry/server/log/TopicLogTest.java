package live.telemetry.server.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import live.telemetry.core.Position;
import live.telemetry.core.Retention;
import org.junit.jupiter.api.Test;

class TopicLogTest {

    private static final int FRAME = 200;

    private final SegmentPool pool = new SegmentPool(4 << 20, new ReaderTurns(1));
    private final TopicLog log = newLog(Retention.DEFAULT);

    @Test
    void hintOfALogThatWasEmptiedMeanwhileDoesNotHideWhatCameLater() {
        append(log, 1);
        FrameRun hint = log.runOf(1, null);
        log.dropAll();
        append(log, 2);

        assertThat(log.runOf(2, hint)).isNotNull();
        assertThat(log.runOf(2, hint).firstSeq()).isEqualTo(2);
    }

    @Test
    void hintOfTheEpochBeforeIsNotTakenForThisOne() {
        append(log, 1);
        append(log, 2);
        FrameRun hint = log.runOf(2, null);
        TopicLog next = log.continueAs(new Position("e2", 1));
        append(next, 2);

        assertThat(next.runOf(2, hint)).isNotNull().isNotSameAs(hint);
    }

    @Test
    void whoStillReadsTheEpochBeforeIsNotToldThatNothingChanged() {
        append(log, 1);
        append(log, 2);
        append(log, 3);
        TopicLog next = log.continueAs(new Position("e2", 2));

        // A reader that stands at 1 must not believe that it has seen everything up to 3.
        assertThat(log.latest(1, Long.MAX_VALUE).frames())
                .extracting(LatestFrames.Frame::seq)
                .containsExactly(3L);
        assertThat(next.latest(1, Long.MAX_VALUE).frames()).isEmpty();
    }

    @Test
    void logThatKeepsLittleTakesLittleHoweverLongItLives() {
        TopicLog small = newLog(Retention.DEFAULT.withMaxRecords(20));
        for (long seq = 1; seq <= 20_000; seq++) {
            append(small, seq);
            assertThat(pool.usedBytes()).as("after %d", seq).isLessThanOrEqualTo(10 << 10);
        }
    }

    @Test
    void segmentsGrowWithTheLog() {
        TopicLog large = newLog(Retention.DEFAULT);
        for (long seq = 1; seq <= 10_000; seq++) {
            append(large, seq);
        }

        assertThat(runsOf(large)).hasSizeLessThan(50);
        assertThat(pool.usedBytes()).isLessThan(10_000 * FRAME * 5 / 4);
    }

    @Test
    void oneLargeRecordDoesNotMakeTheSegmentsOfSmallOnesLarge() {
        TopicLog small = newLog(Retention.DEFAULT.withMaxRecords(10));
        byte[] large = SealedFrames.frame(1, 1, 200_000);
        assertThat(small.append(SealedFrames.record(1), large)).isTrue();
        for (long seq = 2; seq <= 2_000; seq++) {
            append(small, seq);
        }

        assertThat(pool.usedBytes()).isLessThanOrEqualTo(10 << 10);
    }

    @Test
    void bytesAreKeptUpToTheBoundInWholeSegments() {
        TopicLog bounded = newLog(Retention.DEFAULT.withMaxBytes(100_000));
        for (long seq = 1; seq <= 5_000; seq++) {
            append(bounded, seq);
            long kept = (bounded.head() - bounded.first() + 1) * FRAME;
            assertThat(kept).isLessThanOrEqualTo(100_000);
            if (seq > 1_000) {
                assertThat(kept).isGreaterThan(100_000 * 3 / 4);
            }
        }
    }

    @Test
    void newestRecordIsKeptEvenIfItIsLargerThanWhatMayBeKept() {
        TopicLog tiny = newLog(Retention.DEFAULT.withMaxBytes(1));
        for (long seq = 1; seq <= 20; seq++) {
            assertThat(tiny.append(SealedFrames.record(seq), SealedFrames.frame(1, seq, 5_000)))
                    .isTrue();
            assertThat(tiny.first()).isEqualTo(seq);
        }
    }

    @Test
    void ageMayBeWithoutEnd() {
        TopicLog forever = newLog(Retention.DEFAULT.withMaxAge(Duration.ofSeconds(Long.MAX_VALUE)));
        append(forever, 1);
        forever.expire(System.currentTimeMillis());

        assertThat(forever.first()).isEqualTo(1);
    }

    @Test
    void appendThatFoundNoMemoryChangesNothing() {
        List<TopicLog> others = new ArrayList<>();
        for (TopicLog other = newLog(Retention.DEFAULT); fill(other); other = newLog(Retention.DEFAULT)) {
            others.add(other);
        }
        log.dropAll();

        assertThat(log.append(SealedFrames.record(1), new byte[FRAME])).isFalse();
        assertThat(log.head()).isZero();
        assertThat(log.first()).isEqualTo(1);
        assertThat(log.bytes()).isZero();
        assertThat(log.latest(0, Long.MAX_VALUE).frames()).isEmpty();
        others.get(0).dropAll();
        append(log, 1);
    }

    @Test
    void skippedRecordsAreGoneWithAllBeforeThem() {
        append(log, 1);
        append(log, 2);
        log.skipTo(6);

        assertThat(log.first()).isEqualTo(6);
        assertThat(log.head()).isEqualTo(5);
        assertThat(log.runOf(3, null)).isNull();
        assertThat(pool.usedBytes()).isZero();
        append(log, 6);
        assertThat(log.runOf(6, null)).isNotNull();
        assertThatThrownBy(() -> log.skipTo(7)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void recordThatDoesNotFollowIsRefused() {
        append(log, 1);

        assertThatThrownBy(() -> log.append(SealedFrames.record(3), new byte[1]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("record 3 cannot follow 1");
    }

    private static boolean fill(TopicLog log) {
        byte[] frame = new byte[900];
        return log.append(SealedFrames.record(1), frame);
    }

    private static Set<FrameRun> runsOf(TopicLog log) {
        Set<FrameRun> runs = new HashSet<>();
        for (long seq = log.first(); seq <= log.head(); seq++) {
            runs.add(log.runOf(seq, null));
        }
        return runs;
    }

    private TopicLog newLog(Retention retention) {
        return new TopicLog(new Position("e1", 0), retention, new LatestBudget(10, Long.MAX_VALUE), pool);
    }

    private static void append(TopicLog log, long seq) {
        assertThat(log.append(SealedFrames.record(seq), SealedFrames.frame(1, seq, FRAME)))
                .isTrue();
    }
}
