package live.telemetry.redis;

import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
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
    private static final int DEFAULT_SECONDS_DISTRIBUTED = 5;
    private static final long SEEDS = Long.getLong("telemetry.seeds", 1);
    private static final long FIRST_SEED = Long.getLong("telemetry.first.seed", 1);

    @Test
    void everyAcknowledgedRecordIsHeldOnceOrExplicitlyLost() {
        check(DEFAULT_SECONDS, RedisBinary.all(), binary -> new ChaosStore(binary, ChaosRun.NODES));
    }

    @Test
    void alsoWhereSentinelsReplaceTheMaster() {
        InstalledRedis.required();
        check(DEFAULT_SECONDS_DISTRIBUTED, RedisBinary.all(), SentinelChaos::new);
    }

    @Test
    void alsoInACluster() {
        InstalledRedis.required();
        check(DEFAULT_SECONDS_DISTRIBUTED, RedisBinary.all(), ClusterChaos::new);
    }

    private static void check(
            int defaultSeconds, List<RedisBinary> binaries, Function<RedisBinary, ChaosTarget> store) {
        int seconds = Integer.getInteger("telemetry.chaos.seconds", defaultSeconds);
        // A long run is watched by somebody.
        boolean watched = seconds > defaultSeconds || SEEDS > 1;
        Map<ChaosFault, Integer> faults = new EnumMap<>(ChaosFault.class);
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            RedisBinary binary = binaries.get((int) (seed % binaries.size()));
            try (ChaosRun run = new ChaosRun(seed, store.apply(binary))) {
                List<String> problems = run.run(Duration.ofSeconds(seconds));
                run.faults().forEach((fault, count) -> faults.merge(fault, count, Integer::sum));
                String which = "seed " + seed + " on Redis " + binary.name();
                if (watched) {
                    System.out.println(which + ": " + run.course());
                }
                if (!problems.isEmpty()) {
                    fail(which + ", " + run.faults() + ":\n"
                            + String.join("\n", problems.subList(0, Math.min(20, problems.size()))));
                }
            }
        }
        if (watched) {
            System.out.println("faults: " + faults);
        }
    }
}
