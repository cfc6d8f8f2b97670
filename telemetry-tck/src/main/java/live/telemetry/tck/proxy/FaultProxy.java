package live.telemetry.tck.proxy;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy on a port of the loopback, in front of one server, that misbehaves as a test tells it. It carries any protocol;
 * for HTTP/1.1 and WebSocket it has faults of their own. What is set here holds for the open connections and for those to
 * come; a {@link ProxiedConnection} can be told otherwise by itself.
 *
 * <p>May be used by any thread; what is shared is guarded by the proxy's monitor, except for the listener. Each connection has two daemon threads.
 */
public final class FaultProxy implements AutoCloseable {

    private final ProxyCounters counters = new ProxyCounters();
    private final Set<ProxiedConnection> connections = new LinkedHashSet<>();
    private final Map<Direction, Impairment> impairments =
            new EnumMap<>(Map.of(Direction.TO_SERVER, Impairment.NONE, Direction.TO_CLIENT, Impairment.NONE));
    private final int port;
    private FrameFault frameFault = FrameFault.NONE;
    private HttpFault httpFault = HttpFault.NONE;
    private InetSocketAddress target;
    private boolean closed;
    private @Nullable Throwable failure;

    /** Guards the listener, and is never taken by the thread that accepts: whoever closes that waits for it. */
    private final Object listening = new Object();

    private Listener listener;

    private FaultProxy(InetSocketAddress target) {
        this.target = target;
        this.listener = listen(0);
        this.port = listener.port();
    }

    /**
     * Starts a proxy.
     *
     * @param target the server's address, which need not be there yet
     * @return a proxy that listens
     * @throws UncheckedIOException if no port could be had
     */
    public static FaultProxy to(InetSocketAddress target) {
        return new FaultProxy(target);
    }

    /**
     * Starts a proxy in front of a server on the loopback.
     *
     * @param port the server's
     * @return a proxy that listens
     * @throws UncheckedIOException if no port could be had
     */
    public static FaultProxy to(int port) {
        return to(loopback(port));
    }

    /**
     * Where clients connect to.
     *
     * @return the port on the loopback; the same as long as the proxy lives
     */
    public int port() {
        return port;
    }

    /**
     * Sends connections to come to another server on the loopback.
     *
     * @param serverPort its port
     */
    public synchronized void target(int serverPort) {
        target = loopback(serverPort);
    }

    synchronized InetSocketAddress target() {
        return target;
    }

    /**
     * Refuses connections to come, as a host does where nothing listens, or accepts them again. Open ones stay.
     *
     * @param refuse whether
     * @throws UncheckedIOException if the port was lost meanwhile
     */
    public void refuse(boolean refuse) {
        synchronized (listening) {
            if (refuse) {
                listener.close();
            } else if (isClosed()) {
                throw new IllegalStateException("the proxy is closed");
            } else if (listener.isClosed()) {
                listener = listen(port);
            }
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /**
     * Changes how one direction carries bytes.
     *
     * @param direction which
     * @param impairment in place of what was set before, for single connections too
     */
    public synchronized void impair(Direction direction, Impairment impairment) {
        impairments.put(direction, impairment);
        connections.forEach(connection -> connection.impair(direction, impairment));
    }

    /**
     * Changes how both directions carry bytes.
     *
     * @param impairment in place of what was set before, for single connections too
     */
    public synchronized void impair(Impairment impairment) {
        for (Direction direction : Direction.values()) {
            impair(direction, impairment);
        }
    }

    /**
     * Changes what becomes of the frames that the server sends over WebSocket.
     *
     * @param fault in place of what was set before, for single connections too
     */
    public synchronized void frames(FrameFault fault) {
        frameFault = fault;
        connections.forEach(connection -> connection.frames(fault));
    }

    /**
     * Changes what becomes of HTTP connections; of those to come only, since they are judged by their first request.
     *
     * @param fault in place of what was set before
     */
    public synchronized void http(HttpFault fault) {
        httpFault = fault;
    }

    /**
     * Ends every connection that is open now.
     *
     * @param how with a reset or in order
     */
    public void cut(Cut how) {
        connections().forEach(connection -> connection.cut(how));
    }

    /** Takes back every fault and accepts connections; those whose peer has gone meanwhile now hear of it. */
    public void heal() {
        http(HttpFault.NONE);
        frames(FrameFault.NONE);
        impair(Impairment.NONE);
        refuse(false);
    }

    /**
     * What is open.
     *
     * @return the connections that are open now, the oldest first; one counts as open until both its ends are through
     */
    public synchronized List<ProxiedConnection> connections() {
        return List.copyOf(connections);
    }

    /**
     * What went through.
     *
     * @return the counters of the moment
     */
    public ProxyStats stats() {
        return counters.snapshot();
    }

    ProxyCounters counters() {
        return counters;
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private Listener listen(int at) {
        return new Listener(at, this::admit, this::failed);
    }

    private synchronized void admit(Socket client) {
        counters.accepted.increment();
        ProxiedConnection connection = new ProxiedConnection(
                this, client, impairments.get(Direction.TO_SERVER), impairments.get(Direction.TO_CLIENT), frameFault);
        connections.add(connection);
        connection.start(httpFault);
    }

    synchronized void forget(ProxiedConnection connection) {
        connections.remove(connection);
    }

    synchronized void failed(Throwable cause) {
        if (failure == null) {
            failure = cause;
        }
    }

    static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /**
     * Stops listening and resets every connection; idempotent.
     *
     * @throws AssertionError if a fault of the test has thrown something, or the proxy failed; the first is the cause
     */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        refuse(true);
        cut(Cut.RESET);
        Throwable first = takeFailure();
        if (first != null) {
            throw new AssertionError("the proxy failed", first);
        }
    }

    private synchronized @Nullable Throwable takeFailure() {
        Throwable first = failure;
        failure = null;
        return first;
    }
}
