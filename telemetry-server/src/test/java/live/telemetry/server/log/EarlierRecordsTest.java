package live.telemetry.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import live.telemetry.core.Position;
import live.telemetry.core.Retention;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.json.JsonData;
import org.junit.jupiter.api.Test;

/** A log that began in the middle, or lost its newest records, learns what the latest of each key was before. */
class EarlierRecordsTest {

    private static final JsonData DATA = JsonData.parse("0");

    private final LatestBudget budget = new LatestBudget(100, 1 << 20);
    private final SegmentPool pool = new SegmentPool(4 << 20, new ReaderTurns(1));

    private TopicLog log(long base) {
        return new TopicLog(new Position("e", base), Retention.DEFAULT, budget, pool);
    }

    private static TelemetryRecord record(List<String> keys, long seq) {
        return new TelemetryRecord(Topic.of("a"), seq, 0, keys.get((int) seq - 1), DATA);
    }

    private static byte[] frame(long seq) {
        return Long.toString(seq).getBytes(StandardCharsets.US_ASCII);
    }

    private static void append(TopicLog log, List<String> keys, long last) {
        for (long seq = log.head() + 1; seq <= last; seq++) {
            assertThat(log.append(record(keys, seq), frame(seq))).isTrue();
        }
    }

    private static void complete(TopicLog log, List<String> keys) {
        EarlierRecords earlier = log.earlierRecords();
        LongStream.rangeClosed(1, log.latestSince()).forEach(seq -> earlier.add(record(keys, seq), frame(seq)));
        log.addEarlier(earlier);
    }

    private static List<Long> latest(TopicLog log) {
        return log.latest(0, Long.MAX_VALUE).frames().stream()
                .map(LatestFrames.Frame::seq)
                .toList();
    }

    @Test
    void logThatBeganInTheMiddleBecomesLikeOneThatSawEverything() {
        for (long seed = 1; seed <= 300; seed++) {
            Random random = new Random(seed);
            List<String> keys = random.ints(60, 0, 12)
                    .mapToObj(key -> key == 0 ? null : "k" + key)
                    .collect(ArrayList::new, List::add, List::addAll);
            TopicLog whole = log(0);
            append(whole, keys, 40);
            TopicLog late = log(random.nextInt(40));
            assertThat(late.hasLatestSince(late.head())).isTrue();
            append(late, keys, 40);
            complete(late, keys);
            assertThat(late.hasLatestSince(0)).isTrue();
            assertThat(latest(late)).as("seed %d", seed).isEqualTo(latest(whole));

            Position kept = new Position("f", random.nextInt(41));
            TopicLog rolledBack = late.continueAs(kept);
            append(rolledBack, keys, 60);
            complete(rolledBack, keys);
            append(whole, keys, 60);
            assertThat(latest(rolledBack))
                    .as("seed %d, rolled back to %s", seed, kept)
                    .isEqualTo(latest(whole));
            long usedBefore = budget.usedBytes();
            rolledBack.end();
            whole.end();
            assertThat(budget.usedBytes()).as("of %d", usedBefore).isZero();
        }
    }

    @Test
    void onlyARollbackThatTakesSomethingBackLeavesTheTableIncomplete() {
        List<String> keys = List.of("x", "y", "x");
        TopicLog log = log(0);
        append(log, keys, 3);
        TopicLog kept = log.continueAs(new Position("f", 3));
        assertThat(kept.hasLatestSince(0)).isTrue();
        TopicLog cut = kept.continueAs(new Position("g", 2));
        assertThat(cut.hasLatestSince(0)).isFalse();
        assertThat(cut.hasLatestSince(2)).isTrue();
    }

    @Test
    void logThatHasEndedTakesNothingIn() {
        List<String> keys = List.of("x", "y");
        TopicLog log = log(1);
        EarlierRecords earlier = log.earlierRecords();
        earlier.add(record(keys, 1), frame(1));
        log.end();
        log.addEarlier(earlier);
        assertThat(latest(log)).isEmpty();
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void whatIsDiscardedCountsNoLonger() {
        EarlierRecords earlier = log(1).earlierRecords();
        earlier.add(record(List.of("x"), 1), frame(1));
        assertThat(budget.usedBytes()).isPositive();
        earlier.discard();
        assertThat(budget.usedBytes()).isZero();
    }
}
