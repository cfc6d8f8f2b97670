package live.telemetry.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import live.telemetry.core.Position;
import live.telemetry.core.Retention;
import live.telemetry.server.log.LatestFrames.Frame;
import org.jspecify.annotations.Nullable;

/** A log, a plain list of what should be in it, and readers that stand anywhere; decided by its seed alone. */
final class TopicLogModel {

    private record Entry(@Nullable String key, long timestampMillis, byte[] frame) {}

    private static final int LARGEST_FRAME = 20_000;

    private final Random random;
    private final ReaderTurns turns = new ReaderTurns(1);
    private final SegmentPool pool;
    private final Retention retention;
    private final int maxKeys;
    private final int usualFrame;

    private TopicLog log;
    private int epoch = 1;
    private long now = 1_000_000;

    // What should be.
    private final TreeMap<Long, Entry> entries = new TreeMap<>();
    private final Map<String, Frame> latest = new TreeMap<>();
    private long readableBytes;
    private long first;
    private long head;

    private final List<LogCursor> cursors = new ArrayList<>();

    TopicLogModel(long seed) {
        this.random = new Random(seed);
        this.pool = new SegmentPool(1 << 20, turns);
        this.retention = new Retention(
                1 + random.nextInt(random.nextBoolean() ? 20 : 2_000),
                1 + random.nextInt(random.nextBoolean() ? 3_000 : 400_000),
                Duration.ofMillis(1 + random.nextInt(100_000)));
        this.maxKeys = 1 + random.nextInt(6);
        this.usualFrame = SealedFrames.SMALLEST + random.nextInt(random.nextBoolean() ? 100 : 2_000);
        this.head = random.nextInt(3) * 1_000L;
        this.first = head + 1;
        this.log = new TopicLog(new Position("e1", head), retention, new LatestBudget(maxKeys, Long.MAX_VALUE), pool);
        for (int i = 0; i < 4; i++) {
            cursors.add(new LogCursor(0));
        }
    }

    void run(int operations) {
        for (int i = 0; i < operations; i++) {
            turns.begin(0);
            operate();
            compare();
            read();
            turns.end(0);
        }
        readAll();
        log.dropAll();
        assertThat(log.bytes()).as("bytes of an empty log").isZero();
        assertThat(pool.usedBytes()).as("used by an empty log").isZero();
        assertThat(pool.waitingBytes()).as("waiting after the last turn").isZero();
    }

    private void operate() {
        switch (random.nextInt(40)) {
            case 0 -> expire();
            case 1 -> dropOldestSegment();
            case 2 -> oneIn(5, this::dropAll);
            case 3 -> oneIn(3, this::skip);
            case 4 -> oneIn(3, this::nextEpoch);
            default -> append(1 + random.nextInt(random.nextInt(10) == 0 ? 200 : 5));
        }
    }

    private void oneIn(int n, Runnable operation) {
        if (random.nextInt(n) == 0) {
            operation.run();
        }
    }

    // ---- the operations, on the log and on the list

    private void append(int count) {
        for (int i = 0; i < count; i++) {
            now += random.nextInt(200);
            long seq = head + 1;
            boolean large = random.nextInt(60) == 0;
            int size = large ? usualFrame + random.nextInt(LARGEST_FRAME) : usualFrame + random.nextInt(40);
            String key = random.nextInt(8) == 0 ? null : "k" + random.nextInt(8);
            byte[] frame = SealedFrames.frame(epoch, seq, size);
            if (!log.append(SealedFrames.record(seq, key, now), frame)) {
                assertThat(pool.usedBytes()).as("room that was not found").isGreaterThan(pool.budget() / 2);
                dropAll();
                return;
            }
            head = seq;
            entries.put(seq, new Entry(key, now, frame));
            readableBytes += size;
            keepLatest(key == null ? "" : key, new Frame(seq, frame));
            retain();
        }
    }

    private void keepLatest(String key, Frame frame) {
        latest.put(key, frame);
        while (latest.size() > maxKeys || (latest.size() > 1 && latestBytes() > retention.maxBytes())) {
            latest.values().remove(byNumber().get(0));
        }
    }

    private void retain() {
        first = Math.max(first, head - retention.maxRecords() + 1);
        forgetBelowFirst();
        if (log.first() > first) {
            // Bytes are kept by whole segments: which ones is the log's business, but not how much.
            long segments = 2 * Math.max(1 << 10, retention.maxBytes() / 8) + 2 * (usualFrame + LARGEST_FRAME);
            assertThat(readableBytes + segments).as("nothing had to go").isGreaterThan(retention.maxBytes());
            first = log.first();
            forgetBelowFirst();
            assertThat(readableBytes + 2 * segments).as("too much has gone").isGreaterThan(retention.maxBytes());
        }
        long newestSegment = Math.max(1 << 10, 2L * (usualFrame + LARGEST_FRAME));
        assertThat(readableBytes).as("bytes kept").isLessThanOrEqualTo(Math.max(retention.maxBytes(), newestSegment));
    }

    private void expire() {
        now += random.nextInt(50_000);
        log.expire(now);
        long cutoff = now - retention.maxAge().toMillis();
        while (first <= head && entries.get(first).timestampMillis() < cutoff) {
            first++;
        }
        forgetBelowFirst();
    }

    private void dropOldestSegment() {
        long used = pool.usedBytes();
        long freed = log.dropOldestSegment();
        assertThat(freed).as("freed").isEqualTo(used - pool.usedBytes());
        assertThat(log.first() > first).as("something was dropped").isEqualTo(freed > 0);
        first = log.first();
        forgetBelowFirst();
    }

    private void dropAll() {
        long used = pool.usedBytes();
        assertThat(log.dropAll()).as("freed").isEqualTo(used);
        first = head + 1;
        forgetBelowFirst();
    }

    private void skip() {
        long next = head + 2 + random.nextInt(5);
        log.skipTo(next);
        head = next - 1;
        first = next;
        forgetBelowFirst();
    }

    private void nextEpoch() {
        epoch++;
        long kept = Math.max(0, head + 2 - random.nextInt(12));
        TopicLog ended = log;
        List<Frame> before = log.latest(0, Long.MAX_VALUE).frames();
        log = log.continueAs(new Position("e" + epoch, kept));
        assertThat(ended.first()).as("first of what has ended").isEqualTo(ended.head() + 1);
        assertThat(ended.latest(0, Long.MAX_VALUE).frames())
                .as("latest of what has ended")
                .isEqualTo(before);
        head = kept;
        first = kept + 1;
        latest.values().removeIf(frame -> frame.seq() > kept);
        entries.clear();
        readableBytes = 0;
    }

    private void forgetBelowFirst() {
        Map<Long, Entry> gone = entries.headMap(first);
        readableBytes -=
                gone.values().stream().mapToLong(entry -> entry.frame().length).sum();
        gone.clear();
    }

    // ---- comparing

    private void compare() {
        assertThat(log.epoch()).isEqualTo("e" + epoch);
        assertThat(log.head()).as("head").isEqualTo(head);
        assertThat(log.first()).as("first").isEqualTo(first);
        assertThat(log.bytes()).as("bytes").isBetween(readableBytes, log.memoryBytes());
        assertThat(log.memoryBytes()).as("memory").isEqualTo(pool.usedBytes());
        long after = random.nextInt(3) == 0 ? Math.max(0, head - random.nextInt(30)) : 0;
        LatestFrames found = log.latest(after, Long.MAX_VALUE);
        assertThat(found.upTo()).as("latest are up to").isEqualTo(head);
        assertThat(found.frames())
                .as("latest of each key after %d", after)
                .isEqualTo(
                        byNumber().stream().filter(frame -> frame.seq() > after).toList());
        assertThat(log.latestBytes()).as("bytes of the latest").isEqualTo(latestBytes());
    }

    private long latestBytes() {
        return latest.values().stream().mapToLong(frame -> frame.bytes().length).sum();
    }

    private List<Frame> byNumber() {
        return latest.values().stream()
                .sorted(Comparator.comparingLong(Frame::seq))
                .toList();
    }

    // ---- reading

    private void read() {
        for (LogCursor cursor : cursors) {
            switch (random.nextInt(8)) {
                case 0 -> cursor.moveTo(first - 1 + random.nextInt((int) Math.min(10_000, head - first + 2)));
                case 1, 2, 3 -> read(cursor, 1 + random.nextInt(1 + random.nextInt(60_000)));
                default -> {
                    // Stays where it is, perhaps for many changes of the log.
                }
            }
        }
    }

    private void read(LogCursor cursor, int room) {
        boolean behind = cursor.seq() < first - 1 || cursor.seq() > head;
        long from = behind ? first : cursor.seq() + 1;
        if (behind) {
            cursor.moveTo(first - 1);
        }
        int taken = random.nextInt(room + 1);
        List<byte[]> frames = cursor.read(log, room, taken);
        long seq = from;
        for (byte[] frame : frames) {
            Entry wanted = entries.get(seq);
            assertThat(wanted).as("record %d, which was read", seq).isNotNull();
            assertThat(frame).as("frame of %d", seq).isEqualTo(wanted.frame());
            seq++;
        }
        assertThat(cursor.seq()).as("where the cursor stands").isEqualTo(seq - 1);
        boolean wholeFrameTaken = from <= head && taken > 0;
        assertThat(frames.isEmpty()).as("nothing was read").isEqualTo(!wholeFrameTaken);
    }

    private void readAll() {
        LogCursor cursor = new LogCursor(first - 1);
        turns.begin(0);
        List<byte[]> frames = cursor.read(log, Integer.MAX_VALUE, Integer.MAX_VALUE);
        turns.end(0);
        assertThat(frames).as("records from first to head").hasSize((int) (head - first + 1));
        assertThat(log.runOf(head + 1, null)).as("run above the head").isNull();
    }
}
