package live.telemetry.server.log;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import live.telemetry.core.Position;
import live.telemetry.core.Retention;
import org.jspecify.annotations.Nullable;

/**
 * Feeds that append to their own logs, and loops that follow all logs. Every so often a log ends and goes on in another epoch,
 * is emptied, skips, or loses segments to make room.
 */
final class ContentionRun {

    static final int RECORDS_WORTH_IT = 20_000;
    static final long BYTES_WORTH_IT = 10 << 20;

    private static final long BUDGET = 1 << 20;

    private static final int FEEDS = 2;
    private static final int LOOPS = 3;
    private static final int LOGS = 12;

    private final boolean announceTurns;
    private final ReaderTurns turns = new ReaderTurns(LOOPS);
    private final SegmentPool pool = new SegmentPool(BUDGET, turns);
    private final DerivedFrames derived = new DerivedFrames(json -> new byte[0], BUDGET / 8);
    private final AtomicReferenceArray<Owned> logs = new AtomicReferenceArray<>(LOGS);
    private final Queue<String> problems = new ConcurrentLinkedQueue<>();
    private final CountDownLatch problemFound = new CountDownLatch(1);
    private final LongAdder read = new LongAdder();
    private final LongAdder missed = new LongAdder();
    private final LongAdder appended = new LongAdder();
    private volatile boolean stopped;

    /** A log, and the number by which its frames are known: another in each epoch. */
    private record Owned(TopicLog log, int owner) {}

    ContentionRun(boolean announceTurns) {
        this.announceTurns = announceTurns;
        for (int i = 0; i < LOGS; i++) {
            // Some are bounded by what they keep, the others only by the budget.
            Retention retention = i % 3 == 0 ? Retention.DEFAULT.withMaxRecords(50) : Retention.DEFAULT;
            logs.set(
                    i,
                    new Owned(
                            new TopicLog(new Position("e0", 0), retention, new LatestBudget(2, Long.MAX_VALUE), pool),
                            i));
        }
    }

    long derivedBytes() {
        return derived.usedBytes();
    }

    /** When nobody reads or appends any more. */
    void endAllLogs() {
        for (int i = 0; i < LOGS; i++) {
            logs.get(i).log.end();
        }
    }

    List<String> problems() {
        return new ArrayList<>(problems);
    }

    long recordsRead() {
        return read.sum();
    }

    long recordsMissed() {
        return missed.sum();
    }

    long bytesAppended() {
        return appended.sum();
    }

    /** Runs at least so long, then until it was worth it; ends with the first problem, and when patience does. */
    void run(Duration least, Duration patience) throws InterruptedException {
        List<Thread> threads = start();
        long begin = System.nanoTime();
        boolean over = false;
        while (!over) {
            boolean problem = problemFound.await(50, TimeUnit.MILLISECONDS);
            long elapsed = System.nanoTime() - begin;
            boolean worthIt = elapsed >= least.toNanos()
                    && recordsRead() > RECORDS_WORTH_IT
                    && bytesAppended() > BYTES_WORTH_IT
                    && recordsMissed() > 0;
            over = problem || worthIt || elapsed >= patience.toNanos();
        }
        stop(threads);
    }

    private List<Thread> start() {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < FEEDS; i++) {
            int feed = i;
            threads.add(new Thread(() -> guarded(() -> feed(feed)), "feed-" + i));
        }
        for (int i = 0; i < LOOPS; i++) {
            int loop = i;
            threads.add(new Thread(() -> guarded(() -> loop(loop)), "loop-" + i));
        }
        threads.forEach(Thread::start);
        return threads;
    }

    private void stop(List<Thread> threads) throws InterruptedException {
        stopped = true;
        for (Thread thread : threads) {
            thread.join(10_000);
            if (thread.isAlive()) {
                problem(thread.getName() + " does not end");
            }
        }
    }

    private void guarded(Runnable body) {
        try {
            body.run();
        } catch (RuntimeException | Error e) {
            problem(Thread.currentThread().getName() + ": " + e);
        }
    }

    private void problem(String what) {
        if (problems.size() < 10) {
            problems.add(what);
        }
        problemFound.countDown();
    }

    // ---- feeds

    private void feed(int feed) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        while (!stopped) {
            int i = feed + FEEDS * random.nextInt(LOGS / FEEDS);
            Owned owned = logs.get(i);
            int batch = 1 + random.nextInt(20);
            for (int n = 0; n < batch; n++) {
                append(owned, random);
            }
            switch (random.nextInt(400)) {
                case 0 -> owned.log.dropAll();
                case 1 -> owned.log.skipTo(owned.log.head() + 2 + random.nextInt(3));
                case 2 -> continueAs(i, owned, random);
                case 3 -> owned.log.expire(System.currentTimeMillis());
                default -> {
                    // Goes on.
                }
            }
        }
    }

    private void append(Owned owned, ThreadLocalRandom random) {
        long seq = owned.log.head() + 1;
        int size =
                random.nextInt(200) == 0 ? 1_000 + random.nextInt(40_000) : SealedFrames.SMALLEST + random.nextInt(400);
        byte[] frame = SealedFrames.frame(owned.owner, seq, size);
        while (!owned.log.append(SealedFrames.record(seq), frame) && !stopped) {
            logs.get(random.nextInt(LOGS)).log.dropOldestSegment();
            Thread.onSpinWait();
        }
        appended.add(size);
    }

    private void continueAs(int i, Owned owned, ThreadLocalRandom random) {
        int owner = owned.owner + LOGS;
        long kept = Math.max(0, owned.log.head() - random.nextInt(5));
        logs.set(i, new Owned(owned.log.continueAs(new Position("e" + owner, kept)), owner));
    }

    // ---- loops

    private static final class Cursor {
        private int owner;
        private long seq;
        private @Nullable FrameRun hint;
    }

    private void loop(int reader) {
        List<Cursor> cursors = new ArrayList<>();
        for (int i = 0; i < LOGS; i++) {
            cursors.add(new Cursor());
        }
        while (!stopped) {
            if (announceTurns) {
                turns.begin(reader);
            }
            try {
                for (int i = 0; i < LOGS; i++) {
                    follow(reader, logs.get(i), cursors.get(i));
                }
            } finally {
                if (announceTurns) {
                    turns.end(reader);
                }
            }
        }
    }

    private void follow(int reader, Owned owned, Cursor cursor) {
        TopicLog log = owned.log;
        if (cursor.owner != owned.owner) {
            // The hint stays, as it does in a session.
            cursor.owner = owned.owner;
            cursor.seq = Math.min(cursor.seq, log.head());
        }
        long first = log.first();
        long head = log.head();
        if (cursor.seq + 1 < first) {
            missed.add(first - cursor.seq - 1);
            cursor.seq = first - 1;
        }
        int room = 32 << 10;
        while (cursor.seq < head && room > 0 && !stopped) {
            long next = cursor.seq + 1;
            FrameRun run = next >= log.first() ? log.runOf(next, cursor.hint) : null;
            if (run == null) {
                if (log.first() <= next) {
                    problem("record " + next + " is missing in " + log);
                }
                return;
            }
            cursor.hint = run;
            long last = run.lastWithin(next, Math.min(head, run.lastSeq()), room);
            // Half of the logs are read in another framing, which must be as good.
            boolean inAnother = owned.owner % 2 == 0;
            FrameRun framed = inAnother ? derived.of(run, log.epoch(), Bracketed.INSTANCE, last) : run;
            room -= check(reader, owned, framed, next, last, inAnother ? 1 : 0);
            cursor.seq = last;
        }
    }

    private int check(int reader, Owned owned, FrameRun run, long from, long to, int bracket) {
        int start = run.startOf(from);
        int end = run.endOf(to);
        ByteBuffer view = run.view(reader);
        if (ThreadLocalRandom.current().nextInt(64) == 0) {
            // The others go on, the turns of other loops end, and what was found here must stay all the same.
            Thread.yield();
        }
        for (long seq = from; seq <= to; seq++) {
            view.limit(run.endOf(seq) - bracket).position(run.startOf(seq) + bracket);
            String problem = SealedFrames.problem(view, owned.owner, seq);
            if (problem != null) {
                problem(problem);
            }
        }
        read.add(to - from + 1);
        return end - start;
    }
}
