package live.telemetry.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReaderTurnsTest {

    private final ReaderTurns turns = new ReaderTurns(3);

    @Test
    void nobodyIsWithinATurnAtFirst() {
        assertThat(turns.readers()).isEqualTo(3);
        assertThat(turns.allOver(turns.snapshot())).isTrue();
    }

    @Test
    void turnIsOverWhenItsLoopEndsIt() {
        turns.begin(1);
        long[] snapshot = turns.snapshot();

        assertThat(turns.allOver(snapshot)).isFalse();
        turns.end(1);
        assertThat(turns.allOver(snapshot)).isTrue();
    }

    @Test
    void nextTurnOfTheSameLoopIsAnother() {
        turns.begin(1);
        long[] snapshot = turns.snapshot();
        turns.end(1);
        turns.begin(1);

        assertThat(turns.allOver(snapshot)).isTrue();
        assertThat(turns.allOver(turns.snapshot())).isFalse();
    }

    @Test
    void turnsThatBeganLaterDoNotCount() {
        turns.begin(0);
        long[] snapshot = turns.snapshot();
        turns.begin(2);
        turns.end(0);

        assertThat(turns.allOver(snapshot)).isTrue();
    }

    @Test
    void everyTurnCounts() {
        turns.begin(0);
        turns.begin(2);
        long[] snapshot = turns.snapshot();
        turns.end(0);

        assertThat(turns.allOver(snapshot)).isFalse();
        turns.end(2);
        assertThat(turns.allOver(snapshot)).isTrue();
    }
}
