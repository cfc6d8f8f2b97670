package live.telemetry.redis;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import live.telemetry.core.Broadcaster.State;
import redis.clients.jedis.HostAndPort;

/**
 * Makes one state of the states of all connections to all masters: UP if all work, DEGRADED if one does not, DOWN if none works
 * or Redis refuses to serve this node. Any thread; the listener is called under the lock, so that it sees changes in their order.
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
    private final Map<HostAndPort, Set<Part>> working = new HashMap<>();
    private Set<HostAndPort> masters = Set.of();
    private boolean complete;
    private boolean started;
    private boolean closed;

    HealthTracker(Consumer<State> listener) {
        this.listener = listener;
    }

    State state() {
        return state;
    }

    /** These masters have to work now; complete: all partitions are with one of them. */
    synchronized void masters(MasterMap map) {
        masters = map.masters();
        complete = map.isComplete();
        working.keySet().retainAll(masters);
        if (started || masters.isEmpty()) {
            // Those that are new have not had the time to connect.
            State next = now();
            become(next == State.DOWN && state != State.DOWN && !masters.isEmpty() ? State.DEGRADED : next);
        }
    }

    void works(HostAndPort master, Part part) {
        change(master, part, true);
    }

    void failed(HostAndPort master, Part part) {
        change(master, part, false);
    }

    synchronized void change(HostAndPort master, Part part, boolean works) {
        Set<Part> parts = working.computeIfAbsent(master, address -> EnumSet.noneOf(Part.class));
        if (works) {
            parts.add(part);
        } else {
            parts.remove(part);
        }
        started = true;
        become(now());
    }

    /** How many masters have every part working, of how many. */
    synchronized String masters() {
        long whole = masters.stream()
                .filter(master -> parts(master) == Part.values().length)
                .count();
        return whole + " of " + masters.size();
    }

    private int parts(HostAndPort master) {
        return working.getOrDefault(master, Set.of()).size();
    }

    private State now() {
        int parts = masters.stream().mapToInt(this::parts).sum();
        if (parts == 0) {
            return State.DOWN;
        }
        return complete && parts == masters.size() * Part.values().length ? State.UP : State.DEGRADED;
    }

    synchronized void close() {
        closed = true;
        state = State.DOWN;
    }

    private void become(State next) {
        if (state != next && !closed) {
            state = next;
            listener.accept(next);
        }
    }
}
