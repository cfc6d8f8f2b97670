package live.telemetry.server.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import live.telemetry.server.log.ReaderTurns;
import live.telemetry.server.node.Node;
import live.telemetry.server.session.Loop;
import live.telemetry.server.session.LoopSessions;
import live.telemetry.server.session.WriteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread with one selector that owns its connections: everything about a connection, its session and its timers happens
 * here, so none of it needs a lock. Whoever appends to a log only wakes the loop; what was appended while it was busy goes out
 * together in its next turn, so that batches grow by themselves under load and are single records when it is calm.
 *
 * <p>A turn: wait; read; run tasks; follow the topics that changed; run timers; write one batch for each connection that has
 * something. Nothing here may block.
 *
 * <p>After a round of writes that took long the loop rests (see {@link Rest}): it does not follow changes, so that more than one
 * record goes out with each connection's next system call. Only what comes within the rest is delayed by it; reads, answers and
 * timers are not.
 */
public final class EventLoop implements Loop {

    private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);
    private static final int READ_BUFFER_BYTES = 64 << 10;
    private static final long LONGEST_WAIT_MILLIS = 10_000;
    /** How much of a turn may go to connections that catch up, before the live ones are looked at again. */
    private static final long CATCH_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final int number;
    private final ReaderTurns turns;
    private final NetCounters counters;
    private final WireFactory wires;
    private final Selector selector;
    private final Thread thread;
    private final LoopSessions sessions;

    // Any thread.
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean asleep = new AtomicBoolean();
    private volatile boolean stopping;

    private volatile boolean ended;

    // The loop's own.
    private final Set<Connection> connections = new LinkedHashSet<>();
    private final Deque<Connection> ready = new ArrayDeque<>();
    private final Deque<Connection> catchingUp = new ArrayDeque<>();
    private final TimerQueue timers = new TimerQueue();
    private final Rest rest;
    private final WriteBatch batch;
    private final WriteBatch batchAside;
    private final ByteBuffer readBuffer = ByteBuffer.allocate(READ_BUFFER_BYTES);
    private boolean withinTurn;
    // Made once: a turn that only delivers allocates nothing.
    private final Consumer<SelectionKey> onSelected = this::onSelected;
    private final Runnable followChanges;

    /**
     * A loop that does not run yet.
     *
     * @param number from 0
     * @param threadName of its thread
     * @param node whose topics its sessions follow
     * @param turns tells the logs when this loop reads
     * @param counters of all loops
     * @param wires makes the wires of its connections
     * @param flushInterval the shortest time between two rounds of writes
     * @throws IOException if the system has no more selectors
     */
    public EventLoop(
            int number,
            String threadName,
            Node node,
            ReaderTurns turns,
            NetCounters counters,
            WireFactory wires,
            Duration flushInterval)
            throws IOException {
        this.number = number;
        this.turns = turns;
        this.counters = counters;
        this.wires = wires;
        this.rest = new Rest(flushInterval);
        this.selector = Selector.open();
        this.batch = new WriteBatch(number);
        this.batchAside = new WriteBatch(number);
        this.sessions = new LoopSessions(this, node);
        this.followChanges = sessions::followChanges;
        this.thread = new Thread(this::run, threadName);
        this.thread.setDaemon(true);
    }

    /** Begins to run. */
    public void start() {
        thread.start();
    }

    /**
     * Ends the loop and closes what is left of its connections. Any thread.
     *
     * @param waitMillis how long to wait for its thread; not if this is the loop itself
     */
    public void stop(long waitMillis) {
        stopping = true;
        asleep.set(false);
        selector.wakeup();
        if (Thread.currentThread() == thread) {
            return;
        }
        if (thread.getState() == Thread.State.NEW) {
            closeAll();
            return;
        }
        try {
            thread.join(waitMillis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Takes a connection that was accepted, or throws and leaves it to the caller. Any thread.
     *
     * @param socket non-blocking
     * @param handlers makes its handler
     */
    public void adopt(SocketChannel socket, Connection.ConnectionFactory handlers) {
        Arrival arrival = new Arrival(socket, handlers);
        execute(arrival);
        // The loop may have ended meanwhile; then nobody else would close the socket.
        if (ended && tasks.remove(arrival)) {
            arrival.drop();
        }
    }

    /** A socket on its way to the loop. */
    private final class Arrival implements Runnable {
        private final SocketChannel socket;
        private final Connection.ConnectionFactory handlers;

        private Arrival(SocketChannel socket, Connection.ConnectionFactory handlers) {
            this.socket = socket;
            this.handlers = handlers;
        }

        @Override
        public void run() {
            Connection connection;
            try {
                SelectionKey key = socket.register(selector, SelectionKey.OP_READ);
                connection = new Connection(EventLoop.this, socket, wires.open(socket), key, handlers);
                key.attach(connection);
                connections.add(connection);
            } catch (IOException e) {
                LOG.debug("a connection was gone before it could be adopted: {}", e.toString());
                drop();
                return;
            } catch (RuntimeException | Error e) {
                drop();
                throw e;
            }
            try {
                connection.open();
            } catch (RuntimeException | Error e) {
                connection.onFault(e);
            }
        }

        private void drop() {
            counters.connectionClosed();
            closeQuietly(socket);
        }
    }

    /** Follows, in this turn, whatever has changed: nothing may be left behind when connections are about to end. Only on the loop. */
    public void endRest() {
        rest.end();
    }

    /** Whether the caller runs on this loop. */
    public boolean isCurrentThread() {
        return Thread.currentThread() == thread;
    }

    /** The sessions that live here. */
    public LoopSessions sessions() {
        return sessions;
    }

    /** A batch for what is collected instead of being written; whoever fills it settles it at once. Only on the loop. */
    public WriteBatch batchAside() {
        return batchAside;
    }

    /** Only on the loop. */
    public Set<Connection> connections() {
        return Set.copyOf(connections);
    }

    // ---- Loop

    @Override
    public int number() {
        return number;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        wake();
    }

    @Override
    public void wakeUp() {
        // Whoever calls has pushed its change before; the loop ends its rest before it looks whether there is one.
        if (!rest.isOn()) {
            wake();
        }
    }

    private void wake() {
        // The loop goes to sleep only after it has seen that there is nothing to do, so one wake-up is enough.
        if (asleep.get() && asleep.compareAndSet(true, false)) {
            selector.wakeup();
        }
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        return timers.add(nanoTime() + delayNanos, task);
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public long wallMillis() {
        return System.currentTimeMillis();
    }

    // ---- for connections

    void queue(Connection connection, boolean catchesUp) {
        (catchesUp ? catchingUp : ready).add(connection);
    }

    void forget(Connection connection) {
        connections.remove(connection);
        counters.connectionClosed();
    }

    void handshakeFailed() {
        counters.handshakeFailed();
    }

    void settled(long records, long bytes) {
        counters.written(records, bytes);
    }

    WriteBatch batch() {
        return batch;
    }

    ByteBuffer readBuffer() {
        return readBuffer;
    }

    // ---- the turn

    private void run() {
        try {
            while (!stopping && selector.isOpen()) {
                guardedTurn();
            }
        } catch (IOException e) {
            LOG.error("event loop {} has lost its selector and ends", number, e);
        } finally {
            closeAll();
        }
    }

    /** What gets through all other guards (no memory even to log, say) must not end every connection of the loop. */
    private void guardedTurn() throws IOException {
        try {
            turn();
        } catch (RuntimeException | Error e) {
            LOG.error("a turn of event loop {} failed: {}", number, e.getClass().getName());
        }
    }

    private void turn() throws IOException {
        select();
        beginTurn();
        try {
            runTasks();
            if (rest.isOver(nanoTime())) {
                runGuarded(followChanges);
            }
            runTimers();
            flushAll();
        } finally {
            turns.end(number);
            withinTurn = false;
        }
    }

    private void select() throws IOException {
        asleep.set(true);
        long waitMillis = hasWork() ? 0 : waitMillis();
        if (waitMillis == 0) {
            asleep.set(false);
            selector.selectNow(onSelected);
        } else {
            selector.select(onSelected, waitMillis);
            asleep.set(false);
        }
    }

    private boolean hasWork() {
        return stopping
                || !tasks.isEmpty()
                || !ready.isEmpty()
                || !catchingUp.isEmpty()
                || (rest.isOver(nanoTime()) && sessions.hasChanges());
    }

    /** Rounded up, since a timer that is not quite due would make the loop spin. */
    private long waitMillis() {
        long now = nanoTime();
        long nanos = Math.min(timers.untilNext(now), rest.left(now));
        if (nanos == 0) {
            return 0;
        }
        return Math.min(LONGEST_WAIT_MILLIS, TimeUnit.NANOSECONDS.toMillis(nanos - 1) + 1);
    }

    private void beginTurn() {
        if (!withinTurn) {
            withinTurn = true;
            turns.begin(number);
        }
    }

    private void onSelected(SelectionKey key) {
        beginTurn();
        if (key.attachment() instanceof Connection connection && key.isValid()) {
            try {
                connection.onSelected();
            } catch (RuntimeException | Error e) {
                connection.onFault(e);
            }
        }
    }

    private void runTasks() {
        // What a task adds waits for the next turn.
        for (int left = tasks.size(); left > 0; left--) {
            Runnable task = tasks.poll();
            if (task == null) {
                return;
            }
            runGuarded(task);
        }
    }

    private void runTimers() {
        long now = nanoTime();
        Runnable due;
        while ((due = timers.takeDue(now)) != null) {
            runGuarded(due);
        }
    }

    private void flushAll() {
        if (!ready.isEmpty()) {
            long began = nanoTime();
            for (int left = ready.size(); left > 0; left--) {
                flush(ready.remove());
            }
            long now = nanoTime();
            rest.after(now - began, now);
        }
        if (catchingUp.isEmpty()) {
            return;
        }
        long until = nanoTime() + CATCH_UP_NANOS;
        for (int left = catchingUp.size(); left > 0 && until - nanoTime() > 0; left--) {
            flush(catchingUp.remove());
        }
    }

    private void flush(Connection connection) {
        try {
            connection.flush();
        } catch (RuntimeException | Error e) {
            // Errors too: a stack that overflows in one connection is no reason to end all others.
            connection.onFault(e);
        }
    }

    private void runGuarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.error("a task of event loop {} failed", number, e);
        }
    }

    private void closeAll() {
        ended = true;
        if (withinTurn) {
            // The selector failed in the middle of one; memory of the logs would wait for its end for ever.
            withinTurn = false;
            turns.end(number);
        }
        new ArrayList<>(connections).forEach(Connection::close);
        Runnable left;
        while ((left = tasks.poll()) != null) {
            if (left instanceof Arrival arrival) {
                arrival.drop();
            }
        }
        try {
            selector.close();
        } catch (IOException e) {
            LOG.debug("closing a selector: {}", e.toString());
        }
    }

    private static void closeQuietly(SocketChannel socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("closing a socket: {}", e.toString());
        }
    }
}
