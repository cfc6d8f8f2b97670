package live.telemetry.tck.proxy;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A connection through a {@link FaultProxy}: a socket to the client and one to the server, and a daemon thread for each
 * direction that reads from the one and writes to the other. Faults may be set by any thread at any time.
 *
 * <p>Without faults it is faithful: the end of a stream is passed on in its direction only, a reset to the other side.
 */
public final class ProxiedConnection {

    /** How much {@link Treatment.Kind#BUFFER} holds back; at the bound it is forwarded together. */
    public static final int BUFFERED_BYTES = 1 << 20;

    /** Small, so that a peer soon feels it when the other is not read. */
    static final int SOCKET_BUFFER_BYTES = 64 << 10;

    private static final int CHUNK_BYTES = 64 << 10;
    private static final int CONNECT_TIMEOUT_MILLIS = 5_000;
    private static final int SWITCHING_PROTOCOLS = 101;

    private final FaultProxy proxy;
    private final Socket client;
    private final Socket server = new Socket();
    private final ImpairedOutput toServer;
    private final ImpairedOutput toClient;
    private final AtomicInteger pumps = new AtomicInteger();
    private volatile FrameFault frameFault;
    private volatile boolean halfOpen;

    ProxiedConnection(
            FaultProxy proxy,
            Socket client,
            Impairment impairmentToServer,
            Impairment impairmentToClient,
            FrameFault frameFault) {
        ProxyCounters counters = proxy.counters();
        this.proxy = proxy;
        this.client = client;
        this.frameFault = frameFault;
        this.toServer = new ImpairedOutput(server, impairmentToServer, counters.bytes(Direction.TO_SERVER), this::cut);
        this.toClient = new ImpairedOutput(client, impairmentToClient, counters.bytes(Direction.TO_CLIENT), this::cut);
    }

    /**
     * Changes how one direction carries bytes, from the next byte on.
     *
     * @param direction which
     * @param impairment in place of what was set before
     */
    public void impair(Direction direction, Impairment impairment) {
        output(direction).impair(impairment);
    }

    /**
     * Changes how both directions carry bytes.
     *
     * @param impairment in place of what was set before
     */
    public void impair(Impairment impairment) {
        toServer.impair(impairment);
        toClient.impair(impairment);
    }

    /**
     * Changes what becomes of the frames that the server sends, if this is a WebSocket; from the next frame on.
     *
     * @param fault in place of what was set before
     */
    public void frames(FrameFault fault) {
        frameFault = fault;
    }

    /**
     * Ends the connection on both sides at once.
     *
     * @param how with a reset or in order
     */
    public void cut(Cut how) {
        toServer.end(how);
        toClient.end(how);
    }

    /**
     * Ends the server's side only: the client's stays open and silent, and what it sends vanishes.
     *
     * @param how the server sees it
     */
    public void cutServerSide(Cut how) {
        cutOneSide(toServer, how);
    }

    /**
     * Ends the client's side only: the server's stays open and silent, and what it sends vanishes.
     *
     * @param how the client sees it
     */
    public void cutClientSide(Cut how) {
        cutOneSide(toClient, how);
    }

    private void cutOneSide(ImpairedOutput side, Cut how) {
        // In this order: the end of the one side must find the way to the other closed.
        impair(Impairment.BLACK_HOLE);
        halfOpen = true;
        side.end(how);
    }

    /**
     * How much was forwarded.
     *
     * @param direction which
     * @return bytes
     */
    public long bytes(Direction direction) {
        return output(direction).forwarded();
    }

    /**
     * How much vanished in a black hole or behind a cut. A test that waits for this knows that a loss has taken place.
     *
     * @param direction which
     * @return bytes
     */
    public long swallowed(Direction direction) {
        return output(direction).swallowed();
    }

    private ImpairedOutput output(Direction direction) {
        return switch (direction) {
            case TO_SERVER -> toServer;
            case TO_CLIENT -> toClient;
        };
    }

    /** Whether the server was reached and both directions are under way. */
    boolean isRelaying() {
        return pumps.get() == Direction.values().length;
    }

    void start(HttpFault fault) {
        pump(Direction.TO_SERVER, () -> admit(fault));
    }

    private void admit(HttpFault fault) throws IOException {
        client.setTcpNoDelay(true);
        if (fault == HttpFault.NONE) {
            relay(new byte[0], Treatment.PASS);
            return;
        }
        HeadBuffer head = readHead(client.getInputStream());
        Treatment treatment = RequestHead.parse(head.text()).map(fault::treat).orElse(Treatment.PASS);
        switch (treatment.kind()) {
            case SWALLOW -> swallow();
            case ANSWER -> {
                toClient.write(treatment.response().getBytes(StandardCharsets.UTF_8));
                toClient.close();
                swallow();
            }
            case PASS, BLACK_HOLE_AFTER_HEAD, BUFFER -> relay(head.toBytes(), treatment);
        }
    }

    private static HeadBuffer readHead(InputStream in) throws IOException {
        HeadBuffer head = new HeadBuffer();
        int next = in.read();
        while (next >= 0 && !head.endsWith((byte) next) && !head.isFull()) {
            next = in.read();
        }
        return head;
    }

    private void swallow() throws IOException {
        client.getInputStream().transferTo(OutputStream.nullOutputStream());
        toClient.close();
    }

    private void relay(byte[] head, Treatment treatment) throws IOException {
        InetSocketAddress target = proxy.target();
        server.setReceiveBufferSize(SOCKET_BUFFER_BYTES);
        server.setTcpNoDelay(true);
        server.connect(target, CONNECT_TIMEOUT_MILLIS);
        ResponseOutput response =
                new ResponseOutput(toClient, (status, bytes) -> relayResponse(status, bytes, treatment));
        pump(Direction.TO_CLIENT, () -> copy(server, response));
        toServer.write(head);
        copy(client, toServer);
    }

    private OutputStream relayResponse(int status, byte[] head, Treatment treatment) throws IOException {
        boolean blackHole = treatment.kind() == Treatment.Kind.BLACK_HOLE_AFTER_HEAD;
        if (blackHole) {
            // Before the client can have the head, and answer it.
            toServer.impair(Impairment.BLACK_HOLE);
        }
        toClient.write(head);
        if (blackHole) {
            toClient.impair(Impairment.BLACK_HOLE);
        }
        if (treatment.kind() == Treatment.Kind.BUFFER) {
            return new BufferedOutputStream(toClient, BUFFERED_BYTES);
        }
        return status == SWITCHING_PROTOCOLS ? new FrameOutput(toClient, () -> frameFault, proxy.counters()) : toClient;
    }

    private static void copy(Socket from, OutputStream to) throws IOException {
        InputStream in = from.getInputStream();
        byte[] chunk = new byte[CHUNK_BYTES];
        for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
            to.write(chunk, 0, count);
        }
        to.close();
    }

    /** What the thread of a direction does. */
    private interface Pump {
        void run() throws IOException;
    }

    private void pump(Direction direction, Pump pump) {
        pumps.incrementAndGet();
        FaultProxy.daemon("fault-proxy-" + direction, () -> {
            try {
                run(direction, pump);
            } catch (RuntimeException | Error e) {
                proxy.failed(e);
                cut(Cut.RESET);
            } finally {
                if (pumps.decrementAndGet() == 0 || halfOpen) {
                    close();
                }
            }
        });
    }

    private void run(Direction direction, Pump pump) {
        try {
            pump.run();
        } catch (IOException e) {
            // A peer is gone. Word of it travels as its bytes would: from the one that was read, or back from the
            // other.
            Direction word = output(direction).isBroken() ? direction.reverse() : direction;
            output(word).awaitPassing();
            cut(Cut.RESET);
        }
    }

    /** In order, so that what the peers have yet to read is not lost; idempotent. */
    private void close() {
        try {
            client.close();
            server.close();
        } catch (IOException e) {
            proxy.failed(e);
        }
        toServer.end(Cut.FIN);
        toClient.end(Cut.FIN);
        proxy.forget(this);
    }
}
