package live.telemetry.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import live.telemetry.server.log.LatestFrames.Frame;
import org.junit.jupiter.api.Test;

class LatestByKeyTest {

    private final LatestBudget budget = new LatestBudget(3, 1_000);
    private final LatestByKey latest = new LatestByKey(budget, 100);

    @Test
    void keepsTheLatestOfEachKeyInTheOrderOfTheirNumbers() {
        put("a", 1, 10);
        put("b", 2, 10);
        put("a", 3, 10);

        assertThat(seqs(0)).containsExactly(2L, 3L);
        assertThat(latest.bytes()).isEqualTo(20);
    }

    @Test
    void recordsWithoutAKeyShareOne() {
        put(null, 1, 10);
        put(null, 2, 10);

        assertThat(seqs(0)).containsExactly(2L);
    }

    @Test
    void answersOnlyWhatIsAboveANumber() {
        put("a", 1, 10);
        put("b", 2, 10);
        put("c", 3, 10);

        assertThat(seqs(1)).containsExactly(2L, 3L);
        assertThat(seqs(3)).isEmpty();
        assertThat(latest.after(3, 9, 100, Integer.MAX_VALUE).upTo()).isEqualTo(9);
    }

    @Test
    void keyThatWasSilentForLongestGoesAtTheBoundOfKeys() {
        put("a", 1, 10);
        put("b", 2, 10);
        put("c", 3, 10);
        put("a", 4, 10);
        put("d", 5, 10);

        assertThat(seqs(0)).containsExactly(3L, 4L, 5L);
        assertThat(budget.droppedKeys()).isEqualTo(1);
        assertThat(latest.size()).isEqualTo(3);
    }

    @Test
    void keysThatWereSilentForLongestGoAtTheBoundOfBytes() {
        put("a", 1, 40);
        put("b", 2, 40);
        put("c", 3, 60);

        assertThat(seqs(0)).containsExactly(2L, 3L);
        assertThat(latest.bytes()).isEqualTo(100);
        assertThat(budget.droppedKeys()).isEqualTo(1);
    }

    @Test
    void newestStaysEvenIfItIsLargerThanTheBound() {
        put("a", 1, 40);
        put("b", 2, 400);

        assertThat(seqs(0)).containsExactly(2L);
    }

    @Test
    void topicThatAddsWhileAllTopicsTogetherHaveTooMuchKeepsItsNewestOnly() {
        LatestByKey other = new LatestByKey(budget, 2_000);
        other.put("x", 1, new byte[980]);
        put("a", 1, 10);
        put("b", 2, 10);
        assertThat(seqs(0)).containsExactly(1L, 2L);

        put("c", 3, 10);
        assertThat(seqs(0)).containsExactly(2L, 3L);
        other.put("x", 2, new byte[1_200]);
        put("d", 4, 10);

        assertThat(seqs(0)).containsExactly(4L);
        assertThat(budget.usedBytes()).isEqualTo(1_210);
        assertThat(budget.droppedKeys()).isEqualTo(3);
    }

    @Test
    void whatIsReleasedCountsNoLongerButCanBeRead() {
        put("a", 1, 10);

        latest.release();

        assertThat(budget.usedBytes()).isZero();
        assertThat(seqs(0)).containsExactly(1L);
    }

    @Test
    void answerThatIsCutSaysUpToWhereItIsComplete() {
        put("a", 1, 10);
        put("b", 2, 10);
        put("c", 3, 10);

        LatestFrames cut = latest.after(0, 7, 25, Integer.MAX_VALUE);
        assertThat(cut.frames()).extracting(Frame::seq).containsExactly(1L, 2L);
        assertThat(cut.upTo()).isEqualTo(2);
        LatestFrames least = latest.after(2, 7, 1, Integer.MAX_VALUE);
        assertThat(least.frames()).extracting(Frame::seq).containsExactly(3L);
        assertThat(least.upTo()).isEqualTo(7);
    }

    @Test
    void copyLeavesOutWhatWasTakenBackAndIsIndependent() {
        put("a", 1, 10);
        put("b", 2, 10);
        put("c", 3, 10);
        put("d", 4, 10);

        LatestByKey kept = latest.upTo(3);
        kept.put("a", 4, new byte[5]);

        assertThat(kept.after(0, 4, 100, Integer.MAX_VALUE).frames())
                .extracting(Frame::seq)
                .containsExactly(2L, 3L, 4L);
        assertThat(kept.bytes()).isEqualTo(25);
        assertThat(seqs(0)).containsExactly(2L, 3L, 4L);
        assertThat(latest.bytes()).isEqualTo(30);
    }

    @Test
    void equalsAMapWhateverComes() {
        for (long seed = 1; seed <= 200; seed++) {
            Random random = new Random(seed);
            LatestByKey tested = new LatestByKey(new LatestBudget(5, Long.MAX_VALUE), 200);
            Map<String, Frame> model = new HashMap<>();
            for (long seq = 1; seq <= 100; seq++) {
                String key = "k" + random.nextInt(8);
                byte[] bytes = new byte[random.nextInt(90)];
                tested.put(key, seq, bytes);
                model.put(key, new Frame(seq, bytes));
                while (model.size() > 5 || (size(model) > 200 && model.size() > 1)) {
                    model.values().remove(sorted(model).get(0));
                }
                if (random.nextInt(10) == 0) {
                    long cut = seq - random.nextInt(6);
                    tested = tested.upTo(cut);
                    model.values().removeIf(frame -> frame.seq() > cut);
                }
                assertThat(tested.after(0, seq, Long.MAX_VALUE, Integer.MAX_VALUE)
                                .frames())
                        .as("seed %d, seq %d", seed, seq)
                        .isEqualTo(sorted(model));
                assertThat(tested.bytes()).as("seed %d, seq %d", seed, seq).isEqualTo(size(model));
            }
        }
    }

    private static long size(Map<String, Frame> model) {
        return model.values().stream().mapToLong(frame -> frame.bytes().length).sum();
    }

    private static List<Frame> sorted(Map<String, Frame> model) {
        return model.values().stream()
                .sorted(Comparator.comparingLong(Frame::seq))
                .toList();
    }

    private void put(String key, long seq, int size) {
        latest.put(key, seq, new byte[size]);
    }

    private List<Long> seqs(long after) {
        return latest.after(after, 99, Long.MAX_VALUE, Integer.MAX_VALUE).frames().stream()
                .map(Frame::seq)
                .toList();
    }
}
