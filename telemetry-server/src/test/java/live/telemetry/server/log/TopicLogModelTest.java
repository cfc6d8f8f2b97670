package live.telemetry.server.log;

import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Random operations against a plain list. {@code -Dtelemetry.seeds=100000} makes it a longer run. */
class TopicLogModelTest {

    private static final long SEEDS = Long.getLong("telemetry.seeds", 120);
    private static final int OPERATIONS = 400;

    @Test
    void logIsWhatTheModelSays() {
        forEachSeed(seed -> new TopicLogModel(seed).run(OPERATIONS));
    }

    private static void forEachSeed(LongConsumer run) {
        LongStream.rangeClosed(1, SEEDS).forEach(seed -> {
            try {
                run.accept(seed);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        });
    }
}
