package live.telemetry.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.Supplier;
import live.telemetry.core.envelope.GapReason;
import org.junit.jupiter.api.Test;

/** The guarantee, held against random courses: each record once and in order, or an explicit gap. */
class SessionModelTest {

    private static final long LOCAL_SEEDS = Long.getLong("telemetry.seeds", 300);
    private static final long CLUSTER_SEEDS = Long.getLong("telemetry.seeds", 200);

    private static final long POLL_SEEDS = Long.getLong("telemetry.seeds", 30);

    @Test
    void everyRecordOnceOrAnExplicitGapOnOneNode() {
        for (long seed = 1; seed <= LOCAL_SEEDS; seed++) {
            LocalModelRun run = new LocalModelRun(seed);
            explained(seed, run::run, run::course);
        }
    }

    @Test
    void everyRecordOnceOrAnExplicitGapOverACluster() {
        Set<GapReason> met = EnumSet.noneOf(GapReason.class);
        for (long seed = 1; seed <= CLUSTER_SEEDS; seed++) {
            ClusterModelRun run = new ClusterModelRun(seed);
            explained(seed, run::run, run::course);
            met.addAll(run.met());
        }
        assertThat(met).as("the courses were worth it").containsExactlyInAnyOrder(GapReason.values());
    }

    @Test
    void everyRecordOnceInChainsOfPollsThatMoveBetweenNodes() {
        for (long seed = 1; seed <= POLL_SEEDS; seed++) {
            PollModelRun run = new PollModelRun(seed, false);
            explained(seed, run::run, run::course);
        }
    }

    @Test
    void everyRecordOnceOrAnExplicitGapInChainsOfPolls() {
        int gaps = 0;
        for (long seed = 1; seed <= POLL_SEEDS; seed++) {
            PollModelRun run = new PollModelRun(seed, true);
            explained(seed, run::run, run::course);
            gaps += run.gaps();
        }
        assertThat(gaps).as("the courses were worth it").isPositive();
    }

    /** Found among hundreds: an answer that was full before it could say where a topic begins. */
    @Test
    void everyRecordOnceInAChainOfPollsThatOnceFailed() {
        PollModelRun run = new PollModelRun(251, false);
        explained(251, run::run, run::course);
    }

    /** Found among thousands: an exact subscription that waits for its topic, and a pattern that finds the topic first. */
    @Test
    void everyRecordOnceOrAnExplicitGapInCoursesThatOnceFailed() {
        for (long seed : new long[] {2863, 3885}) {
            ClusterModelRun run = new ClusterModelRun(seed);
            explained(seed, run::run, run::course);
        }
    }

    private static void explained(long seed, Runnable run, Supplier<String> course) {
        try {
            run.run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed + ": " + e + "\n" + course.get(), e);
        }
    }
}
