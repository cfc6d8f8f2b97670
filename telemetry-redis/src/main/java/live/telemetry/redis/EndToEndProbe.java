package live.telemetry.redis;

import org.jspecify.annotations.Nullable;

/**
 * Sends a message to this node itself, through Redis. Connections may be healthy and lead to the wrong node, after a failover;
 * then what is published does not come back. Any thread, a short lock.
 */
final class EndToEndProbe {

    private final LaneSender sender;
    private final String channel;
    private final long limitNanos;

    // Guarded by this.
    private @Nullable String underWay;
    private long sentNanos;
    private long number;

    EndToEndProbe(LaneSender sender, String channel, long limitNanos) {
        this.sender = sender;
        this.channel = channel;
        this.limitNanos = limitNanos;
    }

    String channel() {
        return channel;
    }

    /** Sends one if none is under way, and gives the connections up if one does not arrive. */
    void tick(long nowNanos, FeedSubscriber subscriber) {
        boolean lost;
        String next = null;
        synchronized (this) {
            if (sender.isProbing()) {
                // Not sent, so it cannot arrive.
                sentNanos = nowNanos;
            }
            lost = underWay != null && nowNanos - sentNanos > limitNanos;
            if (lost || underWay == null) {
                next = Long.toString(++number);
                underWay = next;
                sentNanos = nowNanos;
            }
        }
        if (lost) {
            sender.reconnect();
            subscriber.reconnect();
        }
        if (next != null) {
            sender.probe(channel, next);
        }
    }

    synchronized void received(String text) {
        if (text.equals(underWay)) {
            underWay = null;
        }
    }

    /** Whatever was under way is lost, which means nothing. */
    synchronized void disconnected() {
        underWay = null;
    }
}
