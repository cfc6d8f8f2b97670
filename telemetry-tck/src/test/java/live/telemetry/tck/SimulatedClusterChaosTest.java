package live.telemetry.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.History;
import live.telemetry.core.History.Continuity;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import org.junit.jupiter.api.Test;

class SimulatedClusterChaosTest {

    private static final long SEEDS = 300;
    private static final long MUTANT_SEEDS = 20;

    @Test
    void everyAcknowledgedRecordIsHeldOnceOrExplicitlyLost() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            ChaosRun run = new ChaosRun(seed, UnaryOperator.identity());
            List<String> problems = run.problems();
            if (!problems.isEmpty()) {
                fail("seed " + seed + ":\n" + String.join("\n", problems));
            }
        }
    }

    @Test
    void runsMeetEveryKindOfLoss() {
        String courses = LongStream.rangeClosed(1, MUTANT_SEEDS)
                .mapToObj(SimulatedClusterChaosTest::courseOf)
                .reduce("", String::concat);
        assertThat(courses).contains("EXPIRED", "ROLLED_BACK", "EPOCH_CHANGED");
    }

    @Test
    void sameSeedGivesTheSameCourse() {
        for (long seed = 1; seed <= 5; seed++) {
            assertThat(courseOf(seed)).as("seed " + seed).isEqualTo(courseOf(seed));
        }
    }

    @Test
    void modelWithoutRepairIsCaught() {
        assertCaught(broadcaster -> new FlawedBroadcaster(broadcaster) {
            @Override
            History answer(Topic topic, Position after, History history) {
                throw new IllegalStateException("no repair");
            }
        });
    }

    @Test
    void expiryThatIsNotToldIsCaught() {
        assertCaught(broadcaster -> new FlawedBroadcaster(broadcaster) {
            @Override
            History answer(Topic topic, Position after, History history) {
                Continuity told =
                        history.continuity() == Continuity.EXPIRED ? Continuity.CONTINUES : history.continuity();
                return new History(told, history.head(), history.next(), history.records());
            }
        });
    }

    @Test
    void rollbackThatIsNotToldIsCaught() {
        assertCaught(broadcaster -> new FlawedBroadcaster(broadcaster) {
            @Override
            History answer(Topic topic, Position after, History history) {
                if (history.continuity() != Continuity.ROLLED_BACK) {
                    return history;
                }
                List<TelemetryRecord> rest = history.records().stream()
                        .filter(record -> record.seq() > after.seq())
                        .toList();
                long next = after.seq() + 1;
                boolean fits = next <= history.head().seq() + 1;
                return fits ? new History(Continuity.CONTINUES, history.head(), next, rest) : history;
            }

            @Override
            EpochChange change(EpochChange change) {
                Long kept = change.keptUpTo();
                return kept == null
                        ? change
                        : new EpochChange(change.topic(), change.previousEpoch(), Long.MAX_VALUE, change.epoch());
            }
        });
    }

    private static String courseOf(long seed) {
        ChaosRun run = new ChaosRun(seed, UnaryOperator.identity());
        run.problems();
        return run.course();
    }

    private static void assertCaught(UnaryOperator<Broadcaster> flaw) {
        long caught = LongStream.rangeClosed(1, MUTANT_SEEDS)
                .filter(seed -> !new ChaosRun(seed, flaw).problems().isEmpty())
                .count();
        assertThat(caught).as("seeds that catch the flaw").isGreaterThan(MUTANT_SEEDS / 4);
    }
}
