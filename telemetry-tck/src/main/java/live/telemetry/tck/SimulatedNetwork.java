package live.telemetry.tck;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.Broadcaster.Sink;
import live.telemetry.core.Position;
import live.telemetry.core.Publication;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;

/** What lies between the store and the nodes of a simulated cluster, and rolls the dice. */
final class SimulatedNetwork {

    final VirtualTime time = new VirtualTime();
    final SimulatedStore store = new SimulatedStore();
    final AtomicLong historyCalls = new AtomicLong();

    // Settings, of any thread.
    volatile Turbulence turbulence = Turbulence.CALM;
    volatile Duration headInterval = SimulatedCluster.DEFAULT_HEAD_INTERVAL;
    volatile int publishBuffer = SimulatedCluster.DEFAULT_PUBLISH_BUFFER;
    volatile Duration publishTimeout = SimulatedCluster.DEFAULT_PUBLISH_TIMEOUT;

    // Touched only by tasks of virtual time.
    private final Random random;
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private boolean storeUp = true;

    SimulatedNetwork(long seed) {
        this.random = new Random(seed);
        time.after(headInterval, this::announceAgain);
    }

    void soon(Runnable task) {
        time.after(Duration.ZERO, task);
    }

    void join(SimulatedNode node) {
        nodes.add(node);
    }

    void leave(SimulatedNode node) {
        nodes.remove(node);
    }

    void closeAll() {
        List.copyOf(nodes).forEach(SimulatedNode::close);
    }

    boolean storeUp() {
        return storeUp;
    }

    void storeUp(boolean up) {
        if (storeUp != up) {
            storeUp = up;
            List.copyOf(nodes).forEach(SimulatedNode::reachabilityChanged);
        }
    }

    Duration historyLag() {
        Duration most = turbulence.historyLag();
        return between(most.dividedBy(2), most);
    }

    boolean historyFails() {
        return happens(turbulence.historyFailure());
    }

    /** Stores, and feeds what was stored to the nodes. */
    List<Position> append(List<Publication> publications) {
        SimulatedStore.Appended appended = store.append(publications);
        appended.changes().forEach(this::tell);
        Map<Topic, List<TelemetryRecord>> runs = new LinkedHashMap<>();
        Map<Topic, String> epochs = new LinkedHashMap<>();
        for (int i = 0; i < publications.size(); i++) {
            Topic topic = publications.get(i).topic();
            epochs.put(topic, appended.positions().get(i).epoch());
            runs.computeIfAbsent(topic, t -> new ArrayList<>())
                    .add(appended.records().get(i));
        }
        epochs.forEach((topic, epoch) ->
                nodes.forEach(node -> feed(node, topic, epoch, runs.getOrDefault(topic, List.of()))));
        return appended.positions();
    }

    private void feed(SimulatedNode node, Topic topic, String epoch, List<TelemetryRecord> run) {
        int from = 0;
        while (from < run.size()) {
            int to = from + 1 + random.nextInt(run.size() - from);
            List<TelemetryRecord> piece = List.copyOf(run.subList(from, to));
            carry(node, topic, sink -> sink.onRecords(topic, epoch, piece));
            from = to;
        }
    }

    void tell(Broadcaster.EpochChange change) {
        nodes.forEach(node -> carry(node, change.topic(), sink -> sink.onEpochChange(change)));
    }

    void announceHeads(SimulatedNode node, TopicPattern pattern) {
        store.heads(pattern).forEach((topic, head) -> carry(node, topic, sink -> sink.onHead(topic, head)));
    }

    private void announceAgain() {
        nodes.forEach(node -> announceHeads(node, TopicPattern.ALL));
        time.after(headInterval, this::announceAgain);
    }

    private void carry(SimulatedNode node, Topic topic, Consumer<Sink> delivery) {
        if (!node.reachable() || !node.wants(topic) || happens(turbulence.loss())) {
            return;
        }
        Duration lag = node.deliverInOrder(topic, deliveryLag(), delivery);
        if (happens(turbulence.duplication())) {
            node.deliver(lag.plus(deliveryLag()), delivery);
        }
    }

    private Duration deliveryLag() {
        return between(turbulence.minDeliveryLag(), turbulence.maxDeliveryLag());
    }

    private boolean happens(double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }

    private Duration between(Duration min, Duration max) {
        long span = max.minus(min).toNanos();
        return span == 0 ? min : min.plusNanos((long) (random.nextDouble() * span));
    }
}
