package live.telemetry.server.sampling;

import java.time.Duration;

/** Lets one warning through in a while, so that a source that fails ten times a second does not fill the log. */
final class WarnLimiter {

    private final long everyNanos;

    // Guarded by this.
    private boolean warned;
    private long lastNanos;

    WarnLimiter(Duration every) {
        this.everyNanos = every.toNanos();
    }

    synchronized boolean permits(long nowNanos) {
        if (warned && nowNanos - lastNanos < everyNanos) {
            return false;
        }
        warned = true;
        lastNanos = nowNanos;
        return true;
    }
}
