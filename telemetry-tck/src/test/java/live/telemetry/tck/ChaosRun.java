package live.telemetry.tck;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;

/** One run of random operations and faults, decided by its seed alone. Nodes may be given flawed broadcasters. */
final class ChaosRun {

    private static final int OPERATIONS = 150;

    private final Random random;
    private final SimulatedCluster cluster;
    private final UnaryOperator<Broadcaster> flaw;
    private final Ledger ledger = new Ledger();
    private final List<Topic> topics = new ArrayList<>();
    private final List<NodeModel> nodes = new ArrayList<>();
    private final Map<NodeModel, Broadcaster> broadcasters = new HashMap<>();
    private int started;

    ChaosRun(long seed, UnaryOperator<Broadcaster> flaw) {
        this.random = new Random(seed);
        this.cluster = new SimulatedCluster(seed);
        this.flaw = flaw;
        int topicCount = 1 + random.nextInt(4);
        for (int i = 0; i < topicCount; i++) {
            topics.add(Topic.of("topic." + i));
        }
        int nodeCount = 1 + random.nextInt(3);
        for (int i = 0; i < nodeCount; i++) {
            startNode();
        }
    }

    /** Runs everything, lets the cluster settle, and says what is wrong then. */
    List<String> problems() {
        for (int i = 0; i < OPERATIONS; i++) {
            operate();
        }
        settle();
        List<String> problems = new ArrayList<>(ledger.positionProblems());
        if (ledger.pending() > 0) {
            problems.add(ledger.pending() + " publishes have no answer");
        }
        for (NodeModel node : nodes) {
            problems.addAll(ledger.problems(node, cluster::lost));
            topics.forEach(topic -> compareWithStore(node, topic, problems));
        }
        return problems;
    }

    /** Acknowledged, received, and lost of each kind: shows that a run was worth it. */
    String course() {
        StringBuilder course = new StringBuilder().append(ledger.acknowledgedCount());
        nodes.forEach(node -> node.logs()
                .values()
                .forEach(log -> course.append(' ')
                        .append(log.position())
                        .append('/')
                        .append(log.received().size())
                        .append(log.losses().stream()
                                .map(LogEntry.Lost::reason)
                                .distinct()
                                .toList())));
        return course.toString();
    }

    private void operate() {
        switch (random.nextInt(24)) {
            case 0 -> cluster.cutStore();
            case 1, 2 -> cluster.restoreStore();
            case 3 -> cluster.cutNode(broadcasters.get(anyNode()));
            case 4, 5 -> cluster.restoreNode(broadcasters.get(anyNode()));
            case 6 -> cluster.failOver();
            case 7 -> cluster.failOverLosing(1 + random.nextInt(8));
            case 8 -> sometimes(4, cluster::loseHistory);
            case 9 -> cluster.retainRecords(random.nextInt(60));
            case 10 -> cluster.turbulence(random.nextBoolean() ? Turbulence.STORMY : Turbulence.CALM);
            case 11 -> cluster.turbulence(Turbulence.CALM.withLoss(random.nextDouble()));
            case 12 -> anyNode().unwant(TopicPattern.ALL);
            case 13 -> anyNode().want(TopicPattern.ALL);
            case 14 -> sometimes(3, this::startNode);
            case 15 -> sometimes(3, this::stopNode);
            case 16 -> cluster.publishTimeout(Duration.ofMillis(100 + random.nextInt(3000)));
            default -> publish();
        }
        cluster.run(Duration.ofMillis(random.nextInt(random.nextInt(10) == 0 ? 5000 : 200)));
    }

    private void sometimes(int oneIn, Runnable operation) {
        if (random.nextInt(oneIn) == 0) {
            operation.run();
        }
    }

    private void publish() {
        NodeModel node = anyNode();
        int count = 1 + random.nextInt(12);
        for (int i = 0; i < count; i++) {
            ledger.publish(node.name(), node.broadcaster(), topics.get(random.nextInt(topics.size())));
        }
    }

    private NodeModel anyNode() {
        return nodes.get(random.nextInt(nodes.size()));
    }

    private void startNode() {
        NodeModel node = new NodeModel("node " + started++, cluster.time());
        Broadcaster broadcaster = cluster.newBroadcaster();
        broadcasters.put(node, broadcaster);
        node.start(flaw.apply(broadcaster));
        node.want(TopicPattern.ALL);
        nodes.add(node);
    }

    private void stopNode() {
        if (nodes.size() > 1) {
            NodeModel stopped = nodes.remove(random.nextInt(nodes.size()));
            stopped.stop();
        }
    }

    private void settle() {
        cluster.turbulence(Turbulence.CALM);
        cluster.restoreStore();
        broadcasters.values().forEach(cluster::restoreNode);
        nodes.forEach(node -> node.want(TopicPattern.ALL));
        cluster.run(Duration.ofSeconds(10));
        // A store that lost everything can only say so with the next record.
        topics.forEach(topic -> ledger.publish("last", nodes.get(0).broadcaster(), topic));
        cluster.run(Duration.ofSeconds(10));
    }

    private void compareWithStore(NodeModel node, Topic topic, List<String> problems) {
        List<TelemetryRecord> stored = cluster.stored(topic);
        List<TelemetryRecord> valid = node.log(topic).valid();
        int same = Math.min(stored.size(), valid.size());
        boolean tailHeld = same == stored.size()
                && valid.subList(valid.size() - same, valid.size()).equals(stored);
        if (!tailHeld || !cluster.head(topic).equals(node.log(topic).position())) {
            problems.add(node.name() + ": " + topic + ": the store is at " + cluster.head(topic) + " and holds "
                    + stored.size() + " records; the node is at "
                    + node.log(topic).position() + " and does not hold them all");
        }
    }
}
