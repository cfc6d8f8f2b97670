package live.telemetry.server.session;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import live.telemetry.core.Identity;
import live.telemetry.core.LocalBroadcaster;
import live.telemetry.core.Retention;
import live.telemetry.core.Rights;
import live.telemetry.server.log.Framing;
import live.telemetry.server.log.ReaderTurns;
import live.telemetry.server.log.SegmentPool;
import live.telemetry.server.net.websocket.WebSocketFraming;
import live.telemetry.server.node.Node;
import live.telemetry.server.node.NodeLimits;

/** A node with one event loop that turns when it is told to, and sessions whose peers take everything. For one thread. */
final class SocketlessLoop implements Loop, SessionServer, AutoCloseable {

    private static final long MEMORY = 64 << 20;

    private final ReaderTurns turns = new ReaderTurns(1);
    private final ScheduledExecutorService housekeeping = Executors.newSingleThreadScheduledExecutor();
    private final Node node = new Node(
            new LocalBroadcaster(),
            WebSocketFraming.INSTANCE,
            Retention.DEFAULT,
            new NodeLimits(128 << 10, 1_000),
            new SegmentPool(MEMORY, turns),
            housekeeping);
    private final SessionCounters counters = new SessionCounters();
    private final LoopSessions sessions = new LoopSessions(this, node);
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Queue<Peer> ready = new ArrayDeque<>();
    private final WriteBatch batch = new WriteBatch(0);
    private int opened;

    SocketlessLoop() {
        node.start();
    }

    /** Opens a session that says this. */
    void open(String message) {
        Peer peer = new Peer();
        peer.session = new Session(
                "s-" + ++opened, new Identity("me", Rights.ALL, null), this, this, sessions, peer, () -> {});
        peer.session.onMessage(message);
    }

    /** One turn, in the order of the real loop's; says how many records were delivered. */
    long turn() {
        turns.begin(0);
        try {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
            sessions.followChanges();
            long records = 0;
            for (Peer peer = ready.poll(); peer != null; peer = ready.poll()) {
                records += peer.write();
            }
            return records;
        } finally {
            turns.end(0);
        }
    }

    private final class Peer implements Transport {
        private final Pending pending = new Pending();
        private Session session;
        private boolean queued;

        private long write() {
            queued = false;
            session.fill(batch);
            return batch.commit(batch.bytes(), pending);
        }

        @Override
        public Framing framing() {
            return WebSocketFraming.INSTANCE;
        }

        @Override
        public void ready() {
            if (!queued) {
                queued = true;
                ready.add(this);
            }
        }

        @Override
        public void acceptInput(boolean accept) {}

        @Override
        public void close(CloseReason reason) {
            throw new IllegalStateException("closed: " + reason);
        }
    }

    @Override
    public void close() {
        housekeeping.shutdownNow();
    }

    // ---- Loop

    @Override
    public int number() {
        return 0;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public void wakeUp() {}

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        return () -> {};
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public long wallMillis() {
        return System.currentTimeMillis();
    }

    // ---- SessionServer

    @Override
    public Node node() {
        return node;
    }

    @Override
    public String nodeName() {
        return "bench";
    }

    @Override
    public SessionLimits limits() {
        return new SessionLimits(100, 1_000, 16, 1_000, 1 << 20);
    }

    @Override
    public SessionCounters counters() {
        return counters;
    }

    @Override
    public long heartbeatMillis() {
        return 15_000;
    }

    @Override
    public int maxMessageBytes() {
        return 256 << 10;
    }

    @Override
    public CompletionStage<Identity> authenticate(String token) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("nobody renews a token here"));
    }
}
