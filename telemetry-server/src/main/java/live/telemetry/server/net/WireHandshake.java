package live.telemetry.server.net;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import live.telemetry.server.session.Loop;
import org.jspecify.annotations.Nullable;

/**
 * What comes before a connection's first byte: the handshake of its wire, within its time. As long as it goes on, what the
 * selector watches is its business, and there is no handler that would have to know of it. Confined to the connection's loop.
 */
final class WireHandshake {

    private final EventLoop loop;
    private final Connection connection;
    private final Wire wire;
    private final SelectionKey key;
    /** Only while the peer is awaited. */
    private Loop.@Nullable Timer deadline;

    private long awaitingSinceNanos;
    private long leftNanos;

    WireHandshake(EventLoop loop, Connection connection, Wire wire, SelectionKey key) {
        this.loop = loop;
        this.connection = connection;
        this.wire = wire;
        this.key = key;
        this.leftNanos = wire.handshakeNanos();
    }

    /** Goes on as far as it can: at the beginning, and whenever what it needs may be there. */
    void proceed() {
        try {
            switch (wire.handshake(this::resume)) {
                case NEEDS_INPUT -> await(SelectionKey.OP_READ);
                case NEEDS_OUTPUT -> await(SelectionKey.OP_WRITE);
                case NEEDS_TASK -> pause();
                case DONE -> finish();
            }
        } catch (IOException e) {
            fail(e);
        } catch (RuntimeException | Error e) {
            connection.onFault(e);
        }
    }

    /** Any thread. */
    private void resume() {
        loop.execute(() -> {
            if (!connection.isClosed()) {
                proceed();
            }
        });
    }

    private void await(int operation) {
        key.interestOps(operation);
        if (deadline == null) {
            awaitingSinceNanos = loop.nanoTime();
            deadline = loop.schedule(leftNanos, () -> fail(new IOException("the handshake took too long")));
        }
    }

    /** When many come at once, the peer is not to blame for how long it has to wait. */
    private void pause() {
        key.interestOps(0);
        if (deadline != null) {
            leftNanos -= loop.nanoTime() - awaitingSinceNanos;
            deadline.cancel();
            deadline = null;
        }
    }

    private void finish() {
        stop();
        key.interestOps(SelectionKey.OP_READ);
        connection.onHandshakeDone();
    }

    private void fail(IOException e) {
        loop.handshakeFailed();
        connection.onBroken(e);
    }

    /** Nothing more comes of it. */
    void stop() {
        if (deadline != null) {
            deadline.cancel();
        }
    }
}
