package live.telemetry.redis;

import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Every acknowledged record once per node, in order, contiguous per epoch, or an explicit loss, whatever happens to Redis
 * and on the way there.
 *
 * <p>{@code -Dtelemetry.chaos.seconds=N} makes each run longer, {@code -Dtelemetry.seeds=N} makes more of them, {@code
 * -Dtelemetry.first.seed=N} says which is the first.
 */
class RedisChaosIT {

    private static final int DEFAULT_SECONDS = 15;
    private static final int SECONDS = Integer.getInteger("telemetry.chaos.seconds", DEFAULT_SECONDS);
    private static final long SEEDS = Long.getLong("telemetry.seeds", 1);
    private static final long FIRST_SEED = Long.getLong("telemetry.first.seed", 1);

    @Test
    void everyAcknowledgedRecordIsHeldOnceOrExplicitlyLost() {
        List<RedisBinary> binaries = RedisBinary.all();
        Map<ChaosFault, Integer> faults = new EnumMap<>(ChaosFault.class);
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            RedisBinary binary = binaries.get((int) (seed % binaries.size()));
            try (ChaosRun run = new ChaosRun(seed, binary)) {
                List<String> problems = run.run(Duration.ofSeconds(SECONDS));
                run.faults().forEach((fault, count) -> faults.merge(fault, count, Integer::sum));
                report("seed " + seed + " on Redis " + binary.name() + ": " + run.course());
                if (!problems.isEmpty()) {
                    fail("seed " + seed + " on Redis " + binary.name() + ", " + run.faults() + ":\n"
                            + String.join("\n", problems.subList(0, Math.min(20, problems.size()))));
                }
            }
        }
        report("faults: " + faults);
    }

    /** A long run is watched by somebody. */
    private static void report(String what) {
        if (SECONDS > DEFAULT_SECONDS || SEEDS > 1) {
            System.out.println(what);
        }
    }
}
