package live.telemetry.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Feeds and event loops on one small pool, so that memory goes from log to log all the time. {@code
 * -Dtelemetry.contentionMillis=60000} makes it a longer run.
 */
class TopicLogContentionTest {

    private static final Duration LEAST = Duration.ofMillis(Long.getLong("telemetry.contentionMillis", 1_500));
    private static final Duration PATIENCE = LEAST.plusSeconds(15);

    @Test
    void loopsReadWhatWasAppendedWhateverIsRecycledMeanwhile() throws Exception {
        ContentionRun run = new ContentionRun(true);
        run.run(LEAST, PATIENCE);

        assertThat(run.problems()).isEmpty();
        assertThat(run.recordsRead()).as("records read").isGreaterThan(ContentionRun.RECORDS_WORTH_IT);
        assertThat(run.bytesAppended()).as("bytes appended").isGreaterThan(ContentionRun.BYTES_WORTH_IT);
        assertThat(run.recordsMissed())
                .as("records that were gone before they were read")
                .isPositive();
        run.endAllLogs();
        assertThat(run.derivedBytes()).as("of segments that are gone").isZero();
    }

    /** The test itself is tested: loops that do not say when they read are given memory that others write to. */
    @Test
    void readingOutsideOfTurnsIsNoticed() throws Exception {
        ContentionRun run = new ContentionRun(false);
        run.run(PATIENCE, PATIENCE);

        assertThat(run.problems()).isNotEmpty();
    }
}
