package live.telemetry.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import live.telemetry.core.Position;
import live.telemetry.core.Publication;
import live.telemetry.core.Retention;
import live.telemetry.core.Topic;
import live.telemetry.core.json.JsonData;
import live.telemetry.tck.SimulatedCluster;
import live.telemetry.tck.Turbulence;

/**
 * A random course of chains of polls, each poll at any node, decided by its seed. A rough one has failovers, lost history and
 * short retention; in a smooth one only the nodes lag and miss deliveries, so that no record may be missing from any chain.
 */
final class PollModelRun {

    private static final String[] TOPICS = {"t.a", "t.b", "u"};
    private static final int OPERATIONS = 80;

    private final Random random;
    private final boolean rough;
    private final ClusterRig rig;
    private final SimulatedCluster cluster;
    private final List<PollChain> chains = new ArrayList<>();
    private final Map<List<Object>, String> contents = new HashMap<>();
    private int records;

    PollModelRun(long seed, boolean rough) {
        this.random = new Random(seed);
        this.rough = rough;
        Retention retention = Retention.DEFAULT.withMaxRecords(rough ? 3 + random.nextInt(60) : 1_000_000);
        rig = new ClusterRig(seed, 2 + random.nextInt(2), retention);
        cluster = rig.cluster();
        for (String query : List.of("topic=t.a", "topic=t.a&topic=u", "topic=t.*&topic=u", "topic=>")) {
            chains.add(new PollChain(query + (random.nextBoolean() ? "" : "&since=start"), this::contentOf));
        }
    }

    void run() {
        for (int i = 0; i < OPERATIONS; i++) {
            switch (random.nextInt(12)) {
                case 0, 1, 2, 3, 4 -> publish();
                case 5 -> disturb();
                default -> anyChain().pollIfIdle(anyNode(), random.nextInt(3) * random.nextInt(2_000));
            }
            rig.run(Duration.ofMillis(random.nextInt(random.nextInt(6) == 0 ? 1_000 : 40)));
        }
        settle();
    }

    String course() {
        return chains.stream().map(PollChain::course).collect(Collectors.joining("\n\n"));
    }

    int gaps() {
        return chains.stream().mapToInt(PollChain::gaps).sum();
    }

    private void publish() {
        Topic topic = Topic.of(TOPICS[random.nextInt(TOPICS.length)]);
        SessionRig node = anyNode();
        for (int count = 1 + random.nextInt(random.nextInt(10) == 0 ? 800 : 8); count > 0; count--) {
            String data = Integer.toString(records++);
            node.node().publish(new Publication(topic, node.loop().wallMillis(), null, JsonData.parse(data)));
        }
    }

    private void disturb() {
        if (!rough) {
            cluster.turbulence(
                    random.nextBoolean()
                            ? Turbulence.CALM.withLoss(random.nextDouble())
                            : Turbulence.CALM.withHistory(
                                    Duration.ofMillis(random.nextInt(60)), 1 + random.nextInt(50), 0));
            return;
        }
        switch (random.nextInt(6)) {
            case 0 -> cluster.failOverLosing(1 + random.nextInt(8));
            case 1 -> cluster.failOver();
            case 2 -> cluster.loseHistory();
            case 3 -> cluster.retainRecords(random.nextInt(40));
            case 4 -> cluster.cutNode(rig.broadcaster(random.nextInt(rig.nodes().size())));
            default ->
                rig.nodes()
                        .forEach(node ->
                                cluster.restoreNode(rig.broadcaster(rig.nodes().indexOf(node))));
        }
    }

    /** Nobody may see two records under one position. */
    private void contentOf(Topic topic, Position position, String data) {
        String other = contents.putIfAbsent(List.of(topic, position), data);
        assertThat(data).as("%s %s", topic, position).isEqualTo(other == null ? data : other);
    }

    private SessionRig anyNode() {
        return rig.node(random.nextInt(rig.nodes().size()));
    }

    private PollChain anyChain() {
        return chains.get(random.nextInt(chains.size()));
    }

    /** When everything is well again, every chain comes to the head of every topic that it has. */
    private void settle() {
        cluster.restoreStore();
        cluster.turbulence(Turbulence.CALM);
        for (int i = 0; i < rig.nodes().size(); i++) {
            cluster.restoreNode(rig.broadcaster(i));
        }
        rig.run(Duration.ofSeconds(10));
        for (PollChain chain : chains) {
            for (int polls = 0; polls < 40; polls++) {
                chain.pollIfIdle(anyNode(), 100);
                rig.run(Duration.ofMillis(1_500));
            }
            chain.positions().forEach((topic, position) -> {
                Position head = cluster.head(topic);
                // That a topic of a pattern has lost all is told when it is born again.
                if (!head.equals(Position.NONE)) {
                    assertThat(position).as("%s of %s", topic, chain.query()).isEqualTo(head);
                }
            });
            if (!rough) {
                assertThat(chain.gaps()).as("gaps of " + chain.query()).isZero();
            }
        }
    }
}
