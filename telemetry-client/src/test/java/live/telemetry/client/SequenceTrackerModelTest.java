package live.telemetry.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import live.telemetry.client.SequenceTracker.Verdict;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import live.telemetry.core.envelope.GapReason;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import org.junit.jupiter.api.Test;

/**
 * A tracker before a log that expires, rolls back and changes its epoch, and a connection that loses and repeats. Whatever
 * happens, each record of the log is delivered once or named by a gap.
 */
class SequenceTrackerModelTest {

    private static final Topic TOPIC = Topic.of("t");

    @Test
    void everyRecordIsDeliveredOnceOrNamedByAGap() {
        for (int run = 0; run < 300; run++) {
            long seed = System.nanoTime() + run;
            new Model(seed).run();
        }
    }

    private static final class Model {

        private final long seed;
        private final Random random;
        private final SequenceTracker tracker = new SequenceTracker(false);

        // The log, and the session's cursor in it. A record is known by a serial number that a rollback does not reuse.
        private int epochs = 1;
        private final List<Long> log = new ArrayList<>();
        private long first = 1;
        private long serials;
        private long cursor;

        // What became of each record that the subscription has to account for.
        private final Set<Long> due = new HashSet<>();
        private final Set<Long> delivered = new HashSet<>();
        private final Set<Long> lost = new HashSet<>();

        Model(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
        }

        void run() {
            publish(random.nextInt(5));
            due.clear();
            cursor = log.size();
            check(tracker.subscribed(position(), null) == Verdict.FOLLOWS);
            for (int step = 0; step < 400; step++) {
                step();
            }
            // What was lost behind the last record shows only with the next one.
            resume();
            while (cursor < log.size()) {
                deliver();
            }
            Set<Long> accounted = new HashSet<>(delivered);
            accounted.addAll(lost);
            assertThat(accounted).as("seed %d", seed).containsAll(due);
        }

        private void step() {
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> publish(1 + random.nextInt(4));
                case 3, 4, 5, 6 -> deliver();
                case 7 -> first = Math.min(first + random.nextInt(4), log.size() + 1L);
                case 8 -> cursor = Math.min(cursor + random.nextInt(3), log.size());
                case 9 -> cursor = Math.max(first - 1, cursor - random.nextInt(4));
                case 10 -> {
                    tracker.cutOff();
                    resume();
                }
                default -> rarely();
            }
        }

        private void rarely() {
            if (random.nextInt(4) > 0) {
                return;
            }
            // Before the log breaks, the session stands where the tracker does.
            resume();
            if (random.nextBoolean()) {
                changeEpoch();
            } else {
                rollBack();
            }
        }

        private void publish(int records) {
            for (int i = 0; i < records; i++) {
                log.add(++serials);
                due.add(serials);
            }
        }

        private void deliver() {
            if (cursor + 1 < first) {
                loseExpired();
            } else if (cursor < log.size()) {
                long seq = ++cursor;
                Verdict verdict = tracker.record(epoch(), seq);
                if (verdict == Verdict.FOLLOWS) {
                    check(delivered.add(log.get((int) seq - 1)));
                } else if (verdict == Verdict.BEYOND) {
                    resume();
                } else {
                    check(verdict == Verdict.KNOWN);
                }
            }
        }

        private void loseExpired() {
            Gap gap = new Gap(null, TOPIC, epoch(), cursor + 1, first - 1, first, GapReason.EXPIRED, null);
            long expected = 0;
            long known = tracker.position().orElseThrow().seq();
            for (long seq = Math.max(cursor, known) + 1; seq < first; seq++) {
                expected++;
            }
            check(tracker.lostBy(gap) == expected);
            Verdict verdict = tracker.gap(gap);
            if (verdict == Verdict.BEYOND) {
                resume();
                return;
            }
            if (verdict == Verdict.FOLLOWS) {
                for (long seq = known + 1; seq < first; seq++) {
                    check(lost.add(log.get((int) seq - 1)));
                }
            }
            cursor = first - 1;
        }

        /** A new subscription after the last record that followed. */
        private void resume() {
            Position position = tracker.position().orElseThrow();
            check(position.epoch().equals(epoch()));
            cursor = position.seq();
            check(tracker.subscribed(position, null) == Verdict.FOLLOWS);
        }

        private void changeEpoch() {
            // What was not delivered is gone with its epoch; the gap says so without numbers.
            log.stream().skip(cursor).forEach(lost::add);
            epochs++;
            log.clear();
            publish(1 + random.nextInt(5));
            first = 1 + random.nextInt(log.size());
            Gap gap = new Gap(null, TOPIC, epoch(), 1, first - 1, first, GapReason.EPOCH_CHANGED, null);
            check(tracker.lostBy(gap) == first - 1);
            check(tracker.gap(gap) == Verdict.FOLLOWS);
            log.stream().limit(first - 1).forEach(lost::add);
            cursor = first - 1;
        }

        private void rollBack() {
            long kept = Math.max(first - 1, log.size() - random.nextInt(4));
            if (cursor <= kept) {
                return;
            }
            long from = kept + 1;
            Gap gap = new Gap(null, TOPIC, epoch(), from, log.size(), from, GapReason.ROLLED_BACK, epoch());
            log.stream().skip(cursor).forEach(lost::add);
            check(tracker.lostBy(gap) == log.size() - cursor);
            check(tracker.gap(gap) == Verdict.FOLLOWS);
            log.subList((int) kept, log.size()).clear();
            cursor = kept;
        }

        private Position position() {
            return new Position(epoch(), cursor);
        }

        private String epoch() {
            return "e" + epochs;
        }

        private void check(boolean right) {
            assertThat(right).as("seed %d", seed).isTrue();
        }
    }
}
