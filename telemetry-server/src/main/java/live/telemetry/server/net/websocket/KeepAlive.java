package live.telemetry.server.net.websocket;

import live.telemetry.server.net.Connection;
import live.telemetry.server.session.CloseReason;
import live.telemetry.server.session.Loop;
import live.telemetry.server.session.Session;
import org.jspecify.annotations.Nullable;

/**
 * Finds out that a peer is gone, and shows the peer that we are not ({@code docs/PROTOCOL.md}, "Heartbeat"): pings, a
 * heartbeat envelope where nothing else was sent, 4408 for a peer from which nothing is heard, and for one that takes nothing.
 * While output waits for a slow reader, or while its requests are left unread, silence is not held against it.
 */
final class KeepAlive {

    private final WebSocketTransport transport;
    private final Connection connection;
    private final Session session;
    private final long heartbeatNanos;
    private final long stallNanos;
    private long heardNanos;
    private long pingedNanos;
    private long saidNanos;
    private Loop.@Nullable Timer timer;

    KeepAlive(WebSocketTransport transport, Connection connection, Session session, WebSocketSettings settings) {
        this.transport = transport;
        this.connection = connection;
        this.session = session;
        this.heartbeatNanos = settings.heartbeat().toNanos();
        this.stallNanos = settings.stallTimeout().toNanos();
        this.heardNanos = connection.loop().nanoTime();
        this.pingedNanos = heardNanos;
        this.saidNanos = heardNanos;
        schedule(heartbeatNanos);
    }

    void heard() {
        heardNanos = connection.loop().nanoTime();
    }

    /** An envelope goes out; a ping is none, since browsers do not show it to a page. */
    void said() {
        saidNanos = connection.loop().nanoTime();
    }

    void stop() {
        if (timer != null) {
            timer.cancel();
        }
    }

    private void schedule(long delayNanos) {
        timer = connection.loop().schedule(delayNanos, this::check);
    }

    private void check() {
        long now = connection.loop().nanoTime();
        if (connection.isBlocked()) {
            heardNanos = now;
            long stalled = now - connection.blockedSinceNanos();
            if (stalled >= stallNanos) {
                transport.close(CloseReason.TIMEOUT);
                return;
            }
            schedule(Math.min(heartbeatNanos, stallNanos - stalled));
            return;
        }
        if (!connection.acceptsInput()) {
            heardNanos = now;
        }
        if (now - heardNanos > 2 * heartbeatNanos) {
            transport.close(CloseReason.TIMEOUT);
            return;
        }
        // A tenth early rather than a second wake-up of its own just after the ping.
        long early = heartbeatNanos / 10;
        if (now - saidNanos >= heartbeatNanos - early) {
            session.heartbeat();
            saidNanos = now;
        }
        if (now - pingedNanos >= heartbeatNanos - early) {
            transport.ping();
            pingedNanos = now;
        }
        schedule(Math.min(saidNanos, pingedNanos) + heartbeatNanos - now);
    }
}
