package live.telemetry.redis;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import live.telemetry.core.Broadcaster.State;

/**
 * Makes one state of the states of all connections: UP if all work, DEGRADED if one does not, DOWN if none works or Redis
 * refuses to serve this node. Any thread; the listener is called under the lock, so that it sees changes in their order.
 */
final class HealthTracker {

    /** What has to work. */
    enum Part {
        /** Publishes are stored. */
        PUBLISHER,
        /** History and topics are answered. */
        READER,
        /** Records are received. */
        SUBSCRIBER
    }

    private final Consumer<State> listener;
    private volatile State state = State.DEGRADED;

    // Guarded by this.
    private final Set<Part> working = EnumSet.noneOf(Part.class);
    private boolean started;
    private boolean closed;

    HealthTracker(Consumer<State> listener) {
        this.listener = listener;
    }

    State state() {
        return state;
    }

    void works(Part part) {
        change(part, true);
    }

    void failed(Part part) {
        change(part, false);
    }

    synchronized void change(Part part, boolean works) {
        boolean changed = works ? working.add(part) : working.remove(part);
        if ((changed || !started) && !closed) {
            started = true;
            become(working.isEmpty() ? State.DOWN : working.size() < Part.values().length ? State.DEGRADED : State.UP);
        }
    }

    synchronized void close() {
        closed = true;
        state = State.DOWN;
    }

    private void become(State next) {
        if (state != next) {
            state = next;
            listener.accept(next);
        }
    }
}
