package live.telemetry.server.log;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One budget of direct memory for the logs of a node: a buddy allocator over chunks of 1 MiB. Blocks are powers of two from
 * 1 KiB to 1 MiB. Chunks are allocated when they are first needed and kept; a block that is given back is free again when no
 * event loop can still be reading it, not when the garbage collector comes by.
 *
 * <p>Bound: blocks in use never exceed the budget; {@link #allocate} then answers null, and the caller makes room. Blocks that
 * wait for the loops do not count as used, so the memory really held can exceed the budget by what was given back within a
 * turn; at {@value #HARD_FACTOR} times the budget {@code allocate} answers null as well. Where the system has less direct memory
 * than the budget, the budget becomes what there is, less a share for the blocks that wait.
 *
 * <p>Threads: any; one lock, held for short and constant work.
 */
public final class SegmentPool {

    static final int MIN_BLOCK = 1 << 10;
    static final int MAX_BLOCK = 1 << 20;

    private static final int MIN_ORDER = Integer.numberOfTrailingZeros(MIN_BLOCK);
    private static final int ORDERS = Integer.numberOfTrailingZeros(MAX_BLOCK) - MIN_ORDER + 1;
    private static final int HARD_FACTOR = 2;
    /** What is left to blocks that wait, if the system has no memory beyond the chunks: an eighth. */
    private static final int SPARE = 8;

    private static final Logger LOG = LoggerFactory.getLogger(SegmentPool.class);

    private final ReaderTurns turns;
    private final IntFunction<ByteBuffer> system;

    // Guarded by this.
    private long budget;
    private boolean systemIsFull;
    private final List<Set<Block>> free = new ArrayList<>(ORDERS);
    private final Deque<Retired> waiting = new ArrayDeque<>();
    private long usedBytes;
    private long waitingBytes;
    private long chunkBytes;

    /**
     * A pool without memory yet.
     *
     * @param budget bytes that blocks in use may have together; at least 1 MiB
     * @param turns of the loops that read the blocks
     */
    public SegmentPool(long budget, ReaderTurns turns) {
        this(budget, turns, ByteBuffer::allocateDirect);
    }

    SegmentPool(long budget, ReaderTurns turns, IntFunction<ByteBuffer> system) {
        if (budget < MAX_BLOCK) {
            throw new IllegalArgumentException("the budget must be at least " + MAX_BLOCK + " bytes: " + budget);
        }
        this.budget = budget;
        this.turns = turns;
        this.system = system;
        for (int i = 0; i < ORDERS; i++) {
            free.add(new LinkedHashSet<>());
        }
    }

    /** The number of loops that may read a block. */
    int readers() {
        return turns.readers();
    }

    /**
     * A block; null if there is none, at the budget or because what is free is in pieces.
     *
     * @param wanted bytes that it should have
     * @param least bytes that it must have, at most {@value #MAX_BLOCK}; it is the largest up to {@code wanted} that there is
     */
    synchronized @Nullable Block allocate(int wanted, int least) {
        if (least > MAX_BLOCK) {
            throw new IllegalArgumentException("a block has at most " + MAX_BLOCK + " bytes: " + least);
        }
        collect();
        int smallest = orderOf(least);
        for (int order = Math.max(orderOf(wanted), smallest); order >= smallest; order--) {
            int size = MIN_BLOCK << order;
            Block block = usedBytes + size <= budget ? take(order) : null;
            if (block != null) {
                usedBytes += size;
                return block;
            }
        }
        return null;
    }

    /** Gives back blocks that no reader can find any more from its next turn on. */
    synchronized void retire(List<Block> blocks) {
        if (blocks.isEmpty()) {
            return;
        }
        long bytes = 0;
        for (Block block : blocks) {
            bytes += block.size();
        }
        usedBytes -= bytes;
        waitingBytes += bytes;
        waiting.add(new Retired(List.copyOf(blocks), bytes, turns.snapshot()));
        collect();
    }

    /**
     * Bytes of the blocks in use.
     *
     * @return at most the budget
     */
    public synchronized long usedBytes() {
        return usedBytes;
    }

    /** Bytes of the blocks that wait for the loops. */
    synchronized long waitingBytes() {
        collect();
        return waitingBytes;
    }

    /**
     * Bytes taken from the system.
     *
     * @return the chunks' bytes
     */
    public synchronized long reservedBytes() {
        return chunkBytes;
    }

    /**
     * The bound of {@link #usedBytes()}.
     *
     * @return bytes; less than at first if the system turned out to have less
     */
    public synchronized long budget() {
        return budget;
    }

    private void collect() {
        Retired oldest;
        while ((oldest = waiting.peek()) != null && turns.allOver(oldest.turns)) {
            waiting.remove();
            waitingBytes -= oldest.bytes;
            oldest.blocks.forEach(this::release);
        }
    }

    private @Nullable Block take(int order) {
        Iterator<Block> ofThisSize = free.get(order).iterator();
        if (ofThisSize.hasNext()) {
            Block block = ofThisSize.next();
            ofThisSize.remove();
            block.free = false;
            return block;
        }
        if (order == ORDERS - 1) {
            return newChunk();
        }
        Block larger = take(order + 1);
        if (larger == null) {
            return null;
        }
        larger.split();
        Block right = larger.right();
        right.free = true;
        free.get(order).add(right);
        return larger.left();
    }

    private @Nullable Block newChunk() {
        if (systemIsFull || chunkBytes + MAX_BLOCK > Math.max(budget, MAX_BLOCK) * HARD_FACTOR) {
            return null;
        }
        try {
            Block chunk = new Block(system.apply(MAX_BLOCK), null);
            chunkBytes += MAX_BLOCK;
            return chunk;
        } catch (OutOfMemoryError e) {
            // Not asked again: before the JVM says so it collects garbage and waits, for up to a second.
            systemIsFull = true;
            budget = Math.min(budget, chunkBytes - chunkBytes / SPARE);
            LOG.warn(
                    "the system has no more direct memory ({}); the logs' budget is {} bytes from now on. Raise"
                            + " -XX:MaxDirectMemorySize, or lower maxRetainedBytes",
                    e.getMessage(),
                    budget);
            return null;
        }
    }

    private void release(Block block) {
        Block merged = block;
        merged.free = true;
        Block parent = merged.parent;
        while (parent != null && parent.left().free && parent.right().free) {
            Block buddy = parent.left() == merged ? parent.right() : parent.left();
            if (buddy != merged) {
                free.get(orderOf(buddy.size())).remove(buddy);
            }
            parent.join();
            merged = parent;
            merged.free = true;
            parent = merged.parent;
        }
        free.get(orderOf(merged.size())).add(merged);
    }

    /** The size of the block that so many bytes need. */
    static int blockBytes(int bytes) {
        return MIN_BLOCK << orderOf(bytes);
    }

    private static int orderOf(int bytes) {
        int rounded = Math.max(bytes, MIN_BLOCK);
        return 32 - Integer.numberOfLeadingZeros(rounded - 1) - MIN_ORDER;
    }

    private record Retired(List<Block> blocks, long bytes, long[] turns) {}

    /** A power of two of memory: in use, free, or split into two halves. */
    static final class Block {
        private final ByteBuffer memory;
        private final @Nullable Block parent;
        private @Nullable Block left;
        private @Nullable Block right;
        private boolean free;

        private Block(ByteBuffer memory, @Nullable Block parent) {
            this.memory = memory;
            this.parent = parent;
        }

        ByteBuffer memory() {
            return memory;
        }

        int size() {
            return memory.capacity();
        }

        private void split() {
            int half = size() / 2;
            free = false;
            left = new Block(memory.slice(0, half), this);
            right = new Block(memory.slice(half, half), this);
        }

        private void join() {
            left = null;
            right = null;
        }

        private Block left() {
            return required(left);
        }

        private Block right() {
            return required(right);
        }

        private static Block required(@Nullable Block half) {
            if (half == null) {
                throw new IllegalStateException("the block is not split");
            }
            return half;
        }
    }
}
