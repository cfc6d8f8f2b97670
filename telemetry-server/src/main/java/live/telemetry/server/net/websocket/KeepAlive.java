package live.telemetry.server.net.websocket;

import live.telemetry.server.session.Loop;
import org.jspecify.annotations.Nullable;

/**
 * Finds out that a peer is gone, and shows the peer that we are not ({@code docs/PROTOCOL.md}, "Heartbeat"): pings, a
 * heartbeat envelope where nothing else was sent, 4408 for a peer from which nothing is heard, for one that takes nothing, and
 * for one that does not finish the message that it has begun. While output waits for a slow reader, or while its requests are
 * left unread, silence is not held against it; nor is a message of which the rest is left unread.
 */
final class KeepAlive {

    private final Loop loop;
    private final Peer peer;
    private final long heartbeatNanos;
    private final long stallNanos;
    private long heardNanos;
    /** When it was last found that the peer is not read. */
    private long unreadNanos;

    private long pingedNanos;
    private long saidNanos;
    private Loop.@Nullable Timer timer;

    /** What is watched, and what can be done about it. */
    interface Peer {
        /** Whether it takes nothing at the moment. */
        boolean isBlocked();

        /** Since when; only while it is blocked. */
        long blockedSinceNanos();

        /** Whether what it sends is read at the moment. */
        boolean isRead();

        /** Whether it has begun a message, of which the rest is still to come. */
        boolean isMessageUnfinished();

        /** Since when; only while it is unfinished. */
        long unfinishedSinceNanos();

        void ping();

        void heartbeat();

        void timeOut();
    }

    KeepAlive(Loop loop, Peer peer, WebSocketSettings settings) {
        this.loop = loop;
        this.peer = peer;
        this.heartbeatNanos = settings.heartbeat().toNanos();
        this.stallNanos = settings.stallTimeout().toNanos();
        this.heardNanos = loop.nanoTime();
        this.unreadNanos = heardNanos;
        this.pingedNanos = heardNanos;
        this.saidNanos = heardNanos;
        schedule(heartbeatNanos);
    }

    void heard() {
        heardNanos = loop.nanoTime();
    }

    /** An envelope goes out; a ping is none, since browsers do not show it to a page. */
    void said() {
        saidNanos = loop.nanoTime();
    }

    void stop() {
        if (timer != null) {
            timer.cancel();
        }
    }

    private void schedule(long delayNanos) {
        timer = loop.schedule(delayNanos, this::check);
    }

    private void check() {
        long now = loop.nanoTime();
        if (!peer.isRead()) {
            heardNanos = now;
            unreadNanos = now;
        }
        // Even while output waits: what the peer sends is read all the same.
        if (isMessageOverdue(now)) {
            peer.timeOut();
            return;
        }
        if (peer.isBlocked()) {
            heardNanos = now;
            long stalled = now - peer.blockedSinceNanos();
            if (stalled >= stallNanos) {
                peer.timeOut();
                return;
            }
            schedule(Math.min(heartbeatNanos, stallNanos - stalled));
            return;
        }
        if (now - heardNanos > 2 * heartbeatNanos) {
            peer.timeOut();
            return;
        }
        // A tenth early rather than a second wake-up of its own just after the ping.
        long early = heartbeatNanos / 10;
        if (now - saidNanos >= heartbeatNanos - early) {
            peer.heartbeat();
            saidNanos = now;
        }
        if (now - pingedNanos >= heartbeatNanos - early) {
            peer.ping();
            pingedNanos = now;
        }
        schedule(Math.min(saidNanos, pingedNanos) + heartbeatNanos - now);
    }

    private boolean isMessageOverdue(long now) {
        return peer.isMessageUnfinished()
                && now - peer.unfinishedSinceNanos() > 2 * heartbeatNanos
                && now - unreadNanos > 2 * heartbeatNanos;
    }
}
