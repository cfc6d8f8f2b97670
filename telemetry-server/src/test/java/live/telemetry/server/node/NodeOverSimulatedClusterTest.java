package live.telemetry.server.node;

import static org.assertj.core.api.Assertions.fail;

import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code -Dtelemetry.seeds=10000} makes it a longer run. */
class NodeOverSimulatedClusterTest {

    private static final long SEEDS = Long.getLong("telemetry.seeds", 150);

    @Test
    void everyLogIsTheTailOfTheStoreAfterTheStorm() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            List<String> problems = new NodeChaos(seed).problems();
            if (!problems.isEmpty()) {
                fail("seed " + seed + ":\n" + String.join("\n", problems));
            }
        }
    }
}
