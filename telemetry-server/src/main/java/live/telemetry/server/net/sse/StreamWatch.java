package live.telemetry.server.net.sse;

import live.telemetry.server.net.Connection;
import live.telemetry.server.session.Loop;

/**
 * Shows the peer of a stream that we are there, and closes one that takes nothing ({@code docs/PROTOCOL.md}, "Heartbeat"). That
 * a peer is gone shows when it takes nothing, or is told by the system: it has no way to answer.
 */
final class StreamWatch {

    private final Connection connection;
    private final Runnable heartbeat;
    private final long heartbeatNanos;
    private final long stallNanos;
    private long saidNanos;
    private Loop.Timer timer;

    StreamWatch(Connection connection, Runnable heartbeat, SseSettings settings) {
        this.connection = connection;
        this.heartbeat = heartbeat;
        this.heartbeatNanos = settings.heartbeat().toNanos();
        this.stallNanos = settings.stallTimeout().toNanos();
        this.saidNanos = connection.loop().nanoTime();
        this.timer = connection.loop().schedule(heartbeatNanos, this::check);
    }

    /** An event goes out. */
    void said() {
        saidNanos = connection.loop().nanoTime();
    }

    void stop() {
        timer.cancel();
    }

    private void check() {
        long now = connection.loop().nanoTime();
        long next;
        if (connection.isBlocked()) {
            long stalled = now - connection.blockedSinceNanos();
            if (stalled >= stallNanos) {
                connection.close();
                return;
            }
            next = Math.min(heartbeatNanos, stallNanos - stalled);
        } else {
            if (now - saidNanos >= heartbeatNanos) {
                heartbeat.run();
                saidNanos = now;
            }
            next = saidNanos + heartbeatNanos - now;
        }
        timer = connection.loop().schedule(next, this::check);
    }
}
