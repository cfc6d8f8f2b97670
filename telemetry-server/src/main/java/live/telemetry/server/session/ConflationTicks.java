package live.telemetry.server.session;

import live.telemetry.core.envelope.Mode;
import org.jspecify.annotations.Nullable;

/** When a conflated cursor may write: at once after a quiet time, then at most once each interval. */
final class ConflationTicks {

    private final Loop loop;
    private final Runnable onTick;
    private final long intervalNanos;
    private long nextNanos;
    private Loop.@Nullable Timer timer;

    /** The first tick is due now; {@code onTick} runs on the loop when one that was waited for is due. */
    ConflationTicks(Loop loop, Mode.Conflated mode, Runnable onTick) {
        this.loop = loop;
        this.onTick = onTick;
        this.intervalNanos = mode.interval().toNanos();
        this.nextNanos = loop.nanoTime();
    }

    /** Whether a tick is due; if not, {@code onTick} will tell. */
    boolean isDue() {
        long wait = nextNanos - loop.nanoTime();
        if (wait <= 0) {
            return true;
        }
        if (timer == null) {
            timer = loop.schedule(wait, () -> {
                timer = null;
                onTick.run();
            });
        }
        return false;
    }

    /** Everything of this tick is written. */
    void done() {
        nextNanos = loop.nanoTime() + intervalNanos;
    }

    void cancel() {
        Loop.Timer waiting = timer;
        if (waiting != null) {
            waiting.cancel();
            timer = null;
        }
    }
}
