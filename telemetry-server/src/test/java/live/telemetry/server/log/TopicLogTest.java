package live.telemetry.server.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
    void recordThatDoesNotFollowIsRefused() {
        append(log, 1);

        assertThatThrownBy(() -> log.append(SealedFrames.record(3), new byte[1]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("record 3 cannot follow 1");
    }

    private TopicLog newLog(Retention retention) {
        return new TopicLog(new Position("e1", 0), retention, 10, pool);
    }

    private static void append(TopicLog log, long seq) {
        assertThat(log.append(SealedFrames.record(seq), SealedFrames.frame(1, seq, FRAME)))
                .isTrue();
    }
}
