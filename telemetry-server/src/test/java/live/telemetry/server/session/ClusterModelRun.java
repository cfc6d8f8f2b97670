package live.telemetry.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import live.telemetry.core.Position;
import live.telemetry.core.Publication;
import live.telemetry.core.Retention;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.envelope.GapReason;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import live.telemetry.core.json.JsonData;
import live.telemetry.tck.SimulatedCluster;
import live.telemetry.tck.Turbulence;

/**
 * A random course over some nodes and a store that fails over, forgets and is away, decided by its seed. Clients come back on
 * any node, so that they are ahead of it or behind.
 */
final class ClusterModelRun implements ModelTopic.Truth {

    private static final String[] TOPICS = {"t.a", "t.b", "u"};
    private static final int OPERATIONS = 100;
    private static final Duration STEP = Duration.ofMillis(10);

    private final Random random;
    private final ClusterRig rig;
    private final SimulatedCluster cluster;
    private final List<ModelClient> clients = new ArrayList<>();
    private final Map<List<Object>, String> contents = new HashMap<>();
    private final Set<GapReason> met = EnumSet.noneOf(GapReason.class);
    private int records;

    ClusterModelRun(long seed) {
        random = new Random(seed);
        Retention retention = Retention.DEFAULT.withMaxRecords(3 + random.nextInt(60));
        rig = new ClusterRig(seed, 1 + random.nextInt(3), retention);
        cluster = rig.cluster();
        for (int i = 0; i < 2; i++) {
            ModelClient client = new ModelClient(random, this);
            client.connect(anyNode());
            clients.add(client);
        }
    }

    void run() {
        for (int i = 0; i < OPERATIONS; i++) {
            operate(clients.get(random.nextInt(clients.size())));
            if (random.nextInt(3) == 0) {
                rig.run(Duration.ofMillis(random.nextInt(random.nextInt(8) == 0 ? 2_000 : 150)), STEP);
            }
            clients.forEach(ModelClient::read);
        }
        settle();
    }

    String course() {
        return clients.stream().map(ModelClient::course).collect(Collectors.joining("\n\n"));
    }

    /** Which losses clients were told of: shows that a run was worth it. */
    Set<GapReason> met() {
        return met;
    }

    private void operate(ModelClient client) {
        switch (random.nextInt(34)) {
            case 0, 1, 2 -> client.want(RandomWishes.subscription(random, TOPICS));
            case 3 -> client.unwantOne();
            case 4 -> client.resync(anyTopic(), cluster.head(anyTopic()).epoch());
            case 5, 6, 7 -> {
                client.disconnect();
                client.connect(anyNode());
            }
            case 8, 9 -> client.peer().takes(RandomWishes.acceptance(random));
            case 10, 11, 12 -> client.peer().unblock();
            case 13, 14 -> client.askAgain();
            case 15, 16, 17, 18 -> disturb();
            default -> publish();
        }
    }

    private void disturb() {
        int node = random.nextInt(rig.nodes().size());
        switch (random.nextInt(14)) {
            case 0 -> cluster.cutStore();
            case 1, 2 -> cluster.restoreStore();
            case 3 -> cluster.cutNode(rig.broadcaster(node));
            case 4, 5 -> cluster.restoreNode(rig.broadcaster(node));
            case 6, 7 -> cluster.failOver();
            case 8, 9 -> cluster.failOverLosing(1 + random.nextInt(8));
            case 10 -> cluster.loseHistory();
            case 11 -> cluster.retainRecords(random.nextInt(40));
            case 12 -> cluster.turbulence(random.nextBoolean() ? Turbulence.STORMY : Turbulence.CALM);
            default -> cluster.turbulence(Turbulence.CALM.withLoss(random.nextDouble()));
        }
    }

    private SessionRig anyNode() {
        return rig.node(random.nextInt(rig.nodes().size()));
    }

    private Topic anyTopic() {
        return Topic.of(TOPICS[random.nextInt(TOPICS.length)]);
    }

    private void publish() {
        Topic topic = anyTopic();
        SessionRig node = anyNode();
        for (int count = 1 + random.nextInt(10); count > 0; count--) {
            publish(node, topic);
        }
    }

    private void publish(SessionRig node, Topic topic) {
        String key = random.nextInt(3) == 0 ? null : "k" + random.nextInt(4);
        boolean large = random.nextInt(40) == 0;
        String data = "\"" + records++ + "x".repeat(random.nextInt(large ? 15_000 : 20)) + '"';
        node.node()
                .publish(new Publication(topic, node.loop().wallMillis(), key, JsonData.parse(data)))
                .whenComplete((position, failure) -> {
                    if (position != null) {
                        isTheSame(topic, position, data);
                    }
                });
    }

    private void isTheSame(Topic topic, Position position, String data) {
        String other = contents.putIfAbsent(List.of(topic, position), data);
        assertThat(data).as("%s %s", topic, position).isEqualTo(other == null ? data : other);
    }

    // ---- what clients are told

    @Override
    public void saw(Topic topic, String epoch, TelemetryRecord record) {
        isTheSame(topic, new Position(epoch, record.seq()), record.data().text());
    }

    @Override
    public void told(Topic topic, Position before, Gap gap) {
        met.add(gap.reason());
        if (gap.reason() == GapReason.EXPIRED) {
            List<TelemetryRecord> stored = cluster.stored(topic);
            if (cluster.head(topic).epoch().equals(gap.epoch()) && !stored.isEmpty()) {
                assertThat(stored.get(0).seq()).as("really gone: %s", gap).isGreaterThanOrEqualTo(gap.next());
            }
        } else {
            Position newest = gap.reason() == GapReason.ROLLED_BACK ? new Position(before.epoch(), gap.to()) : before;
            assertThat(cluster.lost(topic, newest))
                    .as("%s was lost: %s", newest, gap)
                    .isTrue();
        }
    }

    // ---- at the end

    private void settle() {
        cluster.turbulence(Turbulence.CALM);
        cluster.restoreStore();
        for (int i = 0; i < rig.nodes().size(); i++) {
            cluster.restoreNode(rig.broadcaster(i));
        }
        calm();
        // A store that lost everything can only say so with the next record.
        for (String topic : TOPICS) {
            publish(rig.node(0), Topic.of(topic));
        }
        calm();
        clients.forEach(client -> {
            client.isAnswered();
            for (String topic : TOPICS) {
                check(client, Topic.of(topic));
            }
        });
    }

    private void calm() {
        for (int i = 0; i < 4; i++) {
            clients.forEach(client -> {
                client.peer().drain();
                client.read();
                client.askAgain();
            });
            rig.run(Duration.ofSeconds(1), STEP);
            clients.forEach(ModelClient::read);
        }
    }

    private void check(ModelClient client, Topic topic) {
        if (!client.follows(topic)) {
            return;
        }
        ModelTopic known = client.known(topic);
        if (!known.owner().conflated()) {
            known.isAtHead(cluster.head(topic));
            return;
        }
        Map<String, Long> latest = new TreeMap<>();
        cluster.stored(topic).forEach(record -> latest.put(String.valueOf(record.key()), record.seq()));
        latest.forEach(known::hasLatest);
    }
}
