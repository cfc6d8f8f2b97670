package live.telemetry.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Feeds and event loops on one small pool, so that memory goes from log to log all the time. {@code
 * -Dtelemetry.contentionMillis=60000} makes it a longer run.
 */
class TopicLogContentionTest {

    private static final Duration RUN = Duration.ofMillis(Long.getLong("telemetry.contentionMillis", 2_500));
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void loopsReadWhatWasAppendedWhateverIsRecycledMeanwhile() throws Exception {
        ContentionRun run = new ContentionRun(true);
        run.run(RUN);

        assertThat(run.problems()).isEmpty();
        assertThat(run.recordsRead()).as("records read").isGreaterThan(100_000);
        assertThat(run.bytesAppended()).as("bytes appended").isGreaterThan(20 * ContentionRun.BUDGET);
        assertThat(run.recordsMissed()).as("cursors that fell off the tail").isPositive();
    }

    /** The test itself is tested: loops that do not say when they read are given memory that others write to. */
    @Test
    void readingOutsideOfTurnsIsNoticed() throws Exception {
        ContentionRun run = new ContentionRun(false);
        run.runUntilProblem(PATIENCE);

        assertThat(run.problems()).isNotEmpty();
    }
}
