package live.telemetry.client;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The guarantee, held against random courses: each record once and in order, or named by a gap. */
class ClientModelTest {

    private static final long SEEDS = Long.getLong("telemetry.seeds", 200);
    private static final long FIRST = Long.getLong("telemetry.seed", 1);

    @Test
    void everyRecordOnceOrNamedByAGap() {
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            run(seed, false);
        }
    }

    @Test
    void nothingTwiceAndAllOfItAfterAReconnectIfAnswersAreLostToo() {
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            run(seed, true);
        }
    }

    private static void run(long seed, boolean losesWords) {
        ModelRun run = new ModelRun(seed, losesWords);
        try {
            run.run();
        } catch (AssertionError | RuntimeException e) {
            String topic = e instanceof ModelViolation v && v.topic() != null
                    ? v.topic().name()
                    : "";
            List<String> events = run.course().stream()
                    .filter(event -> event.contains(topic) || !event.matches(".*[ab]\\.[xy].*"))
                    .filter(event -> !event.equals("later"))
                    .toList();
            String last = String.join(
                    "\n",
                    events.subList(
                            Math.max(0, events.size() - Integer.getInteger("telemetry.events", 30)), events.size()));
            throw new AssertionError("seed " + seed + ": " + e + "\n" + last, e);
        }
    }
}
