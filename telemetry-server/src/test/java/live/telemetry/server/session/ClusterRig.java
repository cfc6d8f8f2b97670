package live.telemetry.server.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.Retention;
import live.telemetry.tck.SimulatedCluster;

/** Some nodes with their sessions before one simulated store, all in one virtual time. */
final class ClusterRig {

    private static final Duration STEP = Duration.ofMillis(5);

    private final SimulatedCluster cluster;
    private final List<SessionRig> nodes = new ArrayList<>();
    private final List<Broadcaster> broadcasters = new ArrayList<>();

    ClusterRig(long seed, int nodeCount, Retention retention) {
        cluster = new SimulatedCluster(seed);
        for (int i = 0; i < nodeCount; i++) {
            Broadcaster broadcaster = cluster.newBroadcaster();
            broadcasters.add(broadcaster);
            nodes.add(SessionRig.over(cluster.time(), broadcaster, retention, SessionRig.LIMITS)
                    .mixFramings());
        }
        run(Duration.ofMillis(10));
    }

    SimulatedCluster cluster() {
        return cluster;
    }

    List<SessionRig> nodes() {
        return nodes;
    }

    SessionRig node(int index) {
        return nodes.get(index);
    }

    Broadcaster broadcaster(int index) {
        return broadcasters.get(index);
    }

    void run(Duration duration) {
        run(duration, STEP);
    }

    /** Lets time pass, with every loop looking at least so often. */
    void run(Duration duration, Duration step) {
        nodes.forEach(SessionRig::settle);
        for (Duration left = duration; left.toNanos() > 0; left = left.minus(step)) {
            cluster.time().run(left.compareTo(step) < 0 ? left : step);
            nodes.forEach(SessionRig::settle);
        }
    }

    /** Publishes, and waits until it has come round. */
    void publish(int node, String topic, String... keys) {
        for (String key : keys) {
            nodes.get(node).publish(topic, key, "0");
        }
        run(Duration.ofMillis(20));
    }
}
