package live.telemetry.server.net;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import live.telemetry.server.session.Pending;
import live.telemetry.server.session.WriteBatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One socket: reads for its handler, and writes what the handler has, one batch a turn. While the peer takes nothing it is
 * blocked: nothing is asked of the handler until the socket is writable again. Confined to its loop.
 */
public final class Connection {

    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    private final EventLoop loop;
    private final Wire wire;
    private final SelectionKey key;
    private final SocketAddress peer;
    /** Null when it is done. */
    private @Nullable WireHandshake handshake;

    private final ConnectionFactory handlers;
    private final Pending pending = new Pending();
    /** Null until the handshake of the wire is done. */
    private @Nullable ConnectionHandler handler;

    private boolean queued;
    private boolean readQueued;
    private boolean flushing;
    private boolean blocked;

    private boolean closed;
    private long blockedSinceNanos;

    Connection(EventLoop loop, SocketChannel socket, Wire wire, SelectionKey key, ConnectionFactory handlers)
            throws IOException {
        this.loop = loop;
        this.wire = wire;
        this.key = key;
        this.peer = socket.getRemoteAddress();
        this.handlers = handlers;
        this.handshake = new WireHandshake(loop, this, wire, key);
    }

    void open() {
        if (handshake != null) {
            handshake.proceed();
        }
    }

    void onHandshakeDone() {
        handshake = null;
        handler = handlers.open(this);
        readLeftInput();
    }

    /** Makes the first handler of a connection. */
    @FunctionalInterface
    public interface ConnectionFactory {
        /** Called on the connection's loop. */
        ConnectionHandler open(Connection connection);
    }

    /** The loop that it lives on. */
    public EventLoop loop() {
        return loop;
    }

    /** The peer's address, for logs and listeners. */
    public SocketAddress peer() {
        return peer;
    }

    /** Speaks something else from here on. */
    public void handOver(ConnectionHandler next) {
        handler = next;
    }

    /** The handler has something to write. */
    public void ready() {
        if (!queued && !closed) {
            queued = true;
            // Whoever has more than one batch goes on after those who have just got something.
            loop.queue(this, flushing);
        }
    }

    /** Reads on, or leaves the peer's bytes where they are. */
    public void acceptInput(boolean accept) {
        if (key.isValid()) {
            setInterest(SelectionKey.OP_READ, accept);
            readLeftInput();
        }
    }

    /** Whether bytes of the peer are being read. */
    public boolean acceptsInput() {
        return key.isValid() && (key.interestOps() & SelectionKey.OP_READ) != 0;
    }

    /** Whether the peer takes nothing at the moment. */
    public boolean isBlocked() {
        return blocked;
    }

    /** Since when it takes nothing; only while {@link #isBlocked()}. */
    public long blockedSinceNanos() {
        return blockedSinceNanos;
    }

    // ---- from the loop

    void onSelected() {
        if (handshake != null) {
            handshake.proceed();
            return;
        }
        try {
            if (key.isReadable()) {
                read();
            }
            if (!closed && key.isWritable()) {
                unblock();
            }
        } catch (IOException e) {
            onBroken(e);
        }
    }

    private void unblock() throws IOException {
        wire.flush();
        if (!wire.hasOutput()) {
            setInterest(SelectionKey.OP_WRITE, false);
            blocked = false;
            ready();
            readLeftInput();
        }
    }

    private void block() {
        if (!blocked) {
            blocked = true;
            blockedSinceNanos = loop.nanoTime();
            setInterest(SelectionKey.OP_WRITE, true);
        }
    }

    private void read() throws IOException {
        ByteBuffer in = loop.readBuffer();
        in.clear();
        int count = wire.read(in);
        if (wire.hasOutput()) {
            // TLS has to answer its peer before it can read on.
            block();
        }
        if (count < 0) {
            acceptInput(false);
            handler().onEndOfInput();
            return;
        }
        handle(in.flip());
        readLeftInput();
    }

    /** What the wire holds makes no socket readable; it waits for the next turn, so that other connections get theirs. */
    private void readLeftInput() {
        if (wire.hasInput() && !closed && !readQueued && !blocked && acceptsInput()) {
            readQueued = true;
            loop.execute(this::readAgain);
        }
    }

    private void readAgain() {
        readQueued = false;
        try {
            if (acceptsInput()) {
                read();
            }
        } catch (IOException e) {
            onBroken(e);
        } catch (RuntimeException | Error e) {
            onFault(e);
        }
    }

    private void handle(ByteBuffer in) {
        while (in.hasRemaining() && !closed) {
            ConnectionHandler current = handler();
            current.onInput(in);
            if (handler == current) {
                return;
            }
        }
    }

    void flush() {
        queued = false;
        if (closed || blocked) {
            return;
        }
        flushing = true;
        try {
            writeBatch(loop.batch());
        } catch (IOException e) {
            onBroken(e);
        } finally {
            flushing = false;
            // After a fault it is not settled, and the next connection must not write what is for this one.
            loop.batch().discard();
        }
    }

    private void writeBatch(WriteBatch batch) throws IOException {
        pending.addTo(batch);
        boolean pendingOnly = batch.bytes() >= WriteBatch.MAX_COPIED;
        if (!pendingOnly) {
            handler().fill(batch);
        }
        long bytes = batch.bytes();
        if (bytes == 0) {
            // What an earlier batch left, here or in the wire, may have been all there was.
            if (!wire.hasOutput()) {
                handler().onDrained();
            }
            return;
        }
        long written = 0;
        try {
            written = wire.write(batch.buffers(), batch.size());
        } finally {
            loop.settled(batch.commit(written, pending), written);
        }
        if (written < bytes || wire.hasOutput()) {
            block();
        } else if (pendingOnly) {
            // The handler has been ready for long, and says so only once.
            ready();
        } else if (!queued) {
            handler().onDrained();
        }
    }

    private void setInterest(int operation, boolean on) {
        int now = key.interestOps();
        int wanted = on ? now | operation : now & ~operation;
        if (wanted != now) {
            key.interestOps(wanted);
        }
    }

    void onBroken(IOException e) {
        LOG.debug("connection to {} broke: {}", peer, e.toString());
        close();
    }

    /** A fault of ours in this connection: it ends, the others go on. */
    void onFault(Throwable e) {
        try {
            LOG.error("closing the connection to {} after a fault", peer, e);
        } finally {
            close();
        }
    }

    /** The server stops. */
    public void shutDown(long reconnectAfterMillis) {
        if (handler == null) {
            close();
        } else {
            handler.shutDown(reconnectAfterMillis);
        }
    }

    /** Nothing more will be written; the peer sees the end after what was written. */
    public void shutdownOutput() {
        try {
            wire.shutdownOutput();
        } catch (IOException e) {
            onBroken(e);
        }
    }

    /** Closes the socket, whatever is still to be written. */
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (handshake != null) {
            handshake.stop();
        }
        key.cancel();
        try {
            wire.close();
        } catch (IOException e) {
            LOG.debug("closing the connection to {}: {}", peer, e.toString());
        }
        loop.forget(this);
        try {
            if (handler != null) {
                handler.onClosed();
            }
        } catch (RuntimeException | Error e) {
            LOG.error("closing the connection to {} failed", peer, e);
        }
    }

    private ConnectionHandler handler() {
        ConnectionHandler current = handler;
        if (current == null) {
            throw new IllegalStateException("the connection is not open");
        }
        return current;
    }

    /** Whether the socket is closed. */
    public boolean isClosed() {
        return closed;
    }
}
