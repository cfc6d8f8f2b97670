package live.telemetry.server.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts connections and hands them to the loops in turn. At the bound of connections a few more are let in to be told so
 * (503); beyond these they are closed at once. A failing accept (no more file descriptors, say) is logged now and then, and
 * tried again: the listener never closes by itself.
 */
public final class Acceptor {

    private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);
    private static final int BACKLOG = 4096;
    private static final int REFUSABLE = 256;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long WARNING_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final ServerSocketChannel listener;
    private final List<EventLoop> loops;
    private final NetCounters counters;
    private final int maxConnections;
    private final int sendBufferBytes;
    private final Connection.ConnectionFactory handlers;
    private final Connection.ConnectionFactory refusals;
    private final Thread thread;
    private volatile boolean stopping;
    private int next;
    private long lastWarningNanos = System.nanoTime() - WARNING_INTERVAL_NANOS;

    /**
     * Binds the port; does not accept yet.
     *
     * @param address where to listen
     * @param loops that get the connections
     * @param counters count the connections
     * @param maxConnections at once
     * @param sendBufferBytes of each socket, so that a slow reader is noticed
     * @param handlers of what is let in
     * @param refusals of what is not
     * @param threadName of the accepting thread
     * @throws IOException if the address cannot be bound
     */
    public Acceptor(
            InetSocketAddress address,
            List<EventLoop> loops,
            NetCounters counters,
            int maxConnections,
            int sendBufferBytes,
            Connection.ConnectionFactory handlers,
            Connection.ConnectionFactory refusals,
            String threadName)
            throws IOException {
        this.loops = loops;
        this.counters = counters;
        this.maxConnections = maxConnections;
        this.sendBufferBytes = sendBufferBytes;
        this.handlers = handlers;
        this.refusals = refusals;
        this.listener = ServerSocketChannel.open();
        try {
            listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            listener.bind(address, BACKLOG);
        } catch (IOException | RuntimeException e) {
            listener.close();
            throw e;
        }
        this.thread = new Thread(this::run, threadName);
        this.thread.setDaemon(true);
    }

    /** Begins to accept. */
    public void start() {
        thread.start();
    }

    /** The port that is bound. */
    public int port() {
        return listener.socket().getLocalPort();
    }

    /**
     * Accepts nothing more: afterwards no loop gets another connection. Any thread.
     *
     * @param waitMillis how long to wait for a connection that is just being handed over
     */
    public void stop(long waitMillis) {
        stopping = true;
        try {
            listener.close();
        } catch (IOException e) {
            LOG.debug("closing the listener: {}", e.toString());
        }
        try {
            thread.join(waitMillis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!stopping && listener.isOpen()) {
            try {
                admit(listener.accept());
            } catch (IOException | RuntimeException | Error e) {
                if (!stopping) {
                    onFailure(e);
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
        }
    }

    private void onFailure(Throwable e) {
        try {
            long now = System.nanoTime();
            if (now - lastWarningNanos >= WARNING_INTERVAL_NANOS) {
                lastWarningNanos = now;
                LOG.warn("cannot accept a connection, trying again: {}", e.toString());
            } else {
                LOG.debug("cannot accept a connection, trying again: {}", e.toString());
            }
        } catch (RuntimeException | Error unlogged) {
            // No memory even to log, say. That must not end the thread.
        }
    }

    /** Whatever fails, a socket that no loop has taken is closed. */
    private void admit(SocketChannel socket) throws IOException {
        boolean taken = false;
        try {
            taken = isTaken(socket);
        } finally {
            if (!taken) {
                socket.close();
            }
        }
    }

    /** And it is counted no longer. */
    private boolean isTaken(SocketChannel socket) throws IOException {
        int open = counters.connectionOpened();
        boolean taken = false;
        try {
            taken = offer(socket, open);
        } finally {
            if (!taken) {
                counters.connectionClosed();
            }
        }
        return taken;
    }

    private boolean offer(SocketChannel socket, int open) throws IOException {
        if (open > maxConnections) {
            counters.connectionRefused();
        }
        if (open > maxConnections + REFUSABLE) {
            return false;
        }
        socket.configureBlocking(false);
        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        socket.setOption(StandardSocketOptions.SO_SNDBUF, sendBufferBytes);
        nextLoop().adopt(socket, open <= maxConnections ? handlers : refusals);
        return true;
    }

    private EventLoop nextLoop() {
        next = (next + 1) % loops.size();
        return loops.get(next);
    }
}
