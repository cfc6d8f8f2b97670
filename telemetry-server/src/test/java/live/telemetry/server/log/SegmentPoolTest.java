package live.telemetry.server.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import live.telemetry.server.log.SegmentPool.Block;
import org.junit.jupiter.api.Test;

class SegmentPoolTest {

    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;

    private final ReaderTurns turns = new ReaderTurns(2);
    private final AtomicInteger asked = new AtomicInteger();
    private final SegmentPool pool = new SegmentPool(2 * MIB, turns);

    @Test
    void blocksAreThePowerOfTwoThatIsLargeEnough() {
        assertThat(allocate(1).size()).isEqualTo(KIB);
        assertThat(allocate(KIB).size()).isEqualTo(KIB);
        assertThat(allocate(KIB + 1).size()).isEqualTo(2 * KIB);
        assertThat(allocate(MIB).size()).isEqualTo(MIB);
        assertThat(pool.usedBytes()).isEqualTo(4 * KIB + MIB);
        assertThat(pool.reservedBytes()).isEqualTo(2 * MIB);
    }

    @Test
    void memoryIsTakenFromTheSystemWhenItIsNeeded() {
        assertThat(pool.reservedBytes()).isZero();

        allocate(KIB);
        assertThat(pool.reservedBytes()).isEqualTo(MIB);
    }

    @Test
    void blockLargerThanAChunkIsRefused() {
        assertThatThrownBy(() -> pool.allocate(MIB + 1, MIB + 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1048577");
    }

    @Test
    void budgetBelowAChunkIsRefused() {
        assertThatThrownBy(() -> new SegmentPool(MIB - 1, turns))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1048575");
    }

    @Test
    void nothingIsHandedOutBeyondTheBudget() {
        for (int i = 0; i < 2 * KIB; i++) {
            allocate(KIB);
        }

        assertThat(pool.allocate(1, 1)).isNull();
        assertThat(pool.usedBytes()).isEqualTo(pool.budget());
    }

    @Test
    void smallerBlockIsHandedOutWhereTheWantedOneDoesNotFit() {
        allocate(MIB);
        allocate(MIB / 2);
        allocate(KIB);

        assertThat(pool.allocate(MIB / 2, 3 * KIB).size()).isEqualTo(MIB / 4);
        assertThat(pool.allocate(MIB / 2, MIB / 2)).isNull();
    }

    @Test
    void smallerBlockIsHandedOutWhereFreeMemoryIsInPieces() {
        SegmentPool pieces = new SegmentPool(64 * MIB, turns, systemWith(4));
        List<Block> others = new ArrayList<>();
        for (int chunk = 0; chunk < 4; chunk++) {
            // One small block stays; the rest of its chunk is given back at the end.
            pieces.allocate(KIB, KIB);
            for (int size = KIB; size < MIB; size *= 2) {
                others.add(pieces.allocate(size, size));
            }
        }
        assertThat(pieces.allocate(KIB, KIB)).isNull();
        pieces.retire(others);

        assertThat(pieces.usedBytes()).isEqualTo(4 * KIB);
        assertThat(pieces.allocate(MIB, MIB)).isNull();
        assertThat(pieces.allocate(MIB, KIB).size()).isEqualTo(MIB / 2);
    }

    @Test
    void halvesBecomeWholeAgain() {
        List<Block> small = new ArrayList<>();
        for (int i = 0; i < KIB; i++) {
            small.add(allocate(KIB));
        }
        small.forEach(this::retire);

        allocate(MIB);
        assertThat(pool.reservedBytes()).isEqualTo(MIB);
    }

    @Test
    void blocksOfOneChunkDoNotOverlap() {
        Map<Block, Byte> marks = new IdentityHashMap<>();
        for (int i = 0; i < 64; i++) {
            Block block = allocate(KIB << (i % 4));
            fill(block, (byte) i);
            marks.put(block, (byte) i);
        }

        marks.forEach((block, mark) -> assertThat(isFilled(block, mark)).isTrue());
    }

    @Test
    void blockIsNotHandedOutAgainBeforeEveryTurnIsOver() {
        turns.begin(0);
        turns.begin(1);
        Block block = allocate(MIB);
        pool.retire(List.of(block));

        assertThat(pool.usedBytes()).isZero();
        assertThat(pool.waitingBytes()).isEqualTo(MIB);
        assertThat(allocate(MIB)).isNotSameAs(block);
        turns.end(0);
        turns.begin(0);
        assertThat(pool.waitingBytes()).isEqualTo(MIB);
        turns.end(1);
        assertThat(pool.waitingBytes()).isZero();
        assertThat(allocate(MIB)).isSameAs(block);
    }

    @Test
    void turnThatBeganLaterDoesNotHoldABlock() {
        Block block = allocate(MIB);
        pool.retire(List.of(block));
        turns.begin(0);

        assertThat(pool.waitingBytes()).isZero();
        turns.end(0);
    }

    @Test
    void whatWaitsForALoopIsBoundedAsWell() {
        turns.begin(0);
        for (int i = 0; i < 4; i++) {
            retire(allocate(MIB));
        }

        assertThat(pool.usedBytes()).isZero();
        assertThat(pool.allocate(MIB, 1)).isNull();
        assertThat(pool.reservedBytes()).isEqualTo(2 * pool.budget());
        turns.end(0);
        assertThat(pool.allocate(MIB, MIB)).isNotNull();
    }

    @Test
    void systemWithoutDirectMemoryIsLikeAFullBudget() {
        SegmentPool small = new SegmentPool(64 * MIB, turns, systemWith(4));
        List<Block> taken = new ArrayList<>();
        for (Block block = small.allocate(MIB, MIB); block != null; block = small.allocate(MIB, MIB)) {
            taken.add(block);
        }

        assertThat(taken).hasSize(4);
        assertThat(small.allocate(MIB, 1)).isNull();
        assertThat(asked)
                .as("the system is not asked again, which takes it long")
                .hasValue(5);
        assertThat(small.reservedBytes()).isEqualTo(4 * MIB);
        assertThat(small.budget()).as("leaves room for what waits").isEqualTo(4 * MIB - MIB / 2);
        small.retire(List.of(taken.remove(0)));
        assertThat(small.allocate(MIB, KIB).size()).isEqualTo(MIB / 2);
    }

    @Test
    void nothingLeaksHoweverBlocksComeAndGo() {
        for (long seed = 1; seed <= 30; seed++) {
            ReaderTurns itsTurns = new ReaderTurns(2);
            SegmentPool tested = new SegmentPool(3 * MIB, itsTurns);
            Random random = new Random(seed);
            boolean[] within = new boolean[2];
            List<Block> held = new ArrayList<>();
            long used = 0;
            for (int i = 0; i < 2_000; i++) {
                int reader = random.nextInt(2);
                if (random.nextInt(4) == 0) {
                    if (within[reader]) {
                        itsTurns.end(reader);
                    } else {
                        itsTurns.begin(reader);
                    }
                    within[reader] = !within[reader];
                }
                if (random.nextInt(100) < 55) {
                    Block block = tested.allocate(1 + random.nextInt(KIB << random.nextInt(10)), 1);
                    if (block != null) {
                        held.add(block);
                        used += block.size();
                    }
                } else {
                    List<Block> gone = new ArrayList<>();
                    for (int n = random.nextInt(4); n > 0 && !held.isEmpty(); n--) {
                        Block block = held.remove(random.nextInt(held.size()));
                        gone.add(block);
                        used -= block.size();
                    }
                    tested.retire(gone);
                }
                assertThat(tested.usedBytes()).as("seed %d, step %d", seed, i).isEqualTo(used);
            }
            tested.retire(held);
            for (int reader = 0; reader < 2; reader++) {
                if (within[reader]) {
                    itsTurns.end(reader);
                }
            }
            assertThat(tested.waitingBytes()).as("seed %d", seed).isZero();
            for (int i = 0; i < 3; i++) {
                assertThat(tested.allocate(MIB, MIB)).as("seed %d", seed).isNotNull();
            }
            assertThat(tested.reservedBytes()).as("seed %d", seed).isLessThanOrEqualTo(6 * MIB);
        }
    }

    @Test
    void threadsNeverHoldTheSameMemory() throws Exception {
        int threads = 4;
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> runs = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                byte mark = (byte) (t + 1);
                runs.add(executor.submit(() -> useBlocks(mark)));
            }
            for (Future<?> run : runs) {
                run.get(20, TimeUnit.SECONDS);
            }
        } finally {
            executor.shutdownNow();
        }
        assertThat(pool.usedBytes()).isZero();
        assertThat(pool.waitingBytes()).isZero();
    }

    private void useBlocks(byte mark) {
        Random random = new Random(mark);
        List<Block> held = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            Block block = pool.allocate(KIB << random.nextInt(6), KIB);
            if (block != null) {
                fill(block, mark);
                held.add(block);
            }
            if (held.size() > 8 || block == null) {
                while (!held.isEmpty()) {
                    Block gone = held.remove(held.size() - 1);
                    assertThat(isFilled(gone, mark)).isTrue();
                    pool.retire(List.of(gone));
                }
            }
        }
        pool.retire(held);
    }

    private IntFunction<ByteBuffer> systemWith(int chunks) {
        return bytes -> {
            if (asked.incrementAndGet() > chunks) {
                throw new OutOfMemoryError("Cannot reserve " + bytes + " bytes of direct buffer memory");
            }
            return ByteBuffer.allocate(bytes);
        };
    }

    private Block allocate(int bytes) {
        Block block = pool.allocate(bytes, bytes);
        assertThat(block).isNotNull();
        return block;
    }

    private void retire(Block block) {
        pool.retire(List.of(block));
    }

    private static void fill(Block block, byte mark) {
        for (int i = 0; i < block.size(); i++) {
            block.memory().put(i, mark);
        }
    }

    private static boolean isFilled(Block block, byte mark) {
        for (int i = 0; i < block.size(); i++) {
            if (block.memory().get(i) != mark) {
                return false;
            }
        }
        return true;
    }
}
