package live.telemetry.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import live.telemetry.core.Position;
import live.telemetry.core.Retention;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.envelope.GapReason;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import live.telemetry.server.log.TopicLog;
import live.telemetry.server.node.NodeTopic;

/** A random course over one node, decided by its seed: publishers, clients that come and go, readers that are slow. */
final class LocalModelRun implements ModelTopic.Truth {

    private static final String[] TOPICS = {"t.a", "t.b", "t.c.d", "u"};
    private static final int OPERATIONS = 120;

    private final Random random;
    private final SessionRig rig;
    private final List<ModelClient> clients = new ArrayList<>();
    private final Map<String, List<Published>> published = new TreeMap<>();
    private int records;

    private record Published(String key, String data) {}

    LocalModelRun(long seed) {
        random = new Random(seed);
        Retention retention = Retention.DEFAULT
                .withMaxRecords(1 + random.nextInt(40))
                .withMaxBytes(random.nextBoolean() ? Retention.DEFAULT.maxBytes() : 2_000 + random.nextInt(20_000))
                .withMaxAge(random.nextBoolean() ? Duration.ofHours(1) : Duration.ofMillis(500));
        rig = SessionRig.local(retention).mixFramings();
        for (int i = 0; i < 2; i++) {
            ModelClient client = new ModelClient(random, this);
            client.connect(rig);
            clients.add(client);
        }
    }

    void run() {
        for (int i = 0; i < OPERATIONS; i++) {
            ModelClient client = clients.get(random.nextInt(clients.size()));
            operate(client);
            clients.forEach(ModelClient::read);
        }
        settle();
    }

    String course() {
        return clients.stream().map(ModelClient::course).collect(Collectors.joining("\n\n"));
    }

    private void operate(ModelClient client) {
        switch (random.nextInt(20)) {
            case 0, 1 -> client.want(RandomWishes.subscription(random, TOPICS));
            case 2 -> client.unwantOne();
            case 3 -> client.resync(anyTopic(), random.nextInt(6) == 0 || records == 0 ? "other" : rig.epoch());
            case 4 -> {
                client.disconnect();
                client.connect(rig);
            }
            case 5, 6 -> client.peer().takes(RandomWishes.acceptance(random));
            case 7, 8, 9 -> client.peer().unblock();
            case 10 -> rig.run(Duration.ofMillis(random.nextInt(200)));
            case 11 -> rig.sweep();
            default -> publish();
        }
        rig.settle();
    }

    private Topic anyTopic() {
        return Topic.of(TOPICS[random.nextInt(TOPICS.length)]);
    }

    private void publish() {
        String topic = anyTopic().name();
        for (int count = 1 + random.nextInt(12); count > 0; count--) {
            String key = random.nextInt(3) == 0 ? null : "k" + random.nextInt(4);
            boolean large = random.nextInt(30) == 0;
            String data = "\"" + records++ + "x".repeat(random.nextInt(large ? 20_000 : 40)) + '"';
            published.computeIfAbsent(topic, absent -> new ArrayList<>()).add(new Published(key, data));
            rig.publish(topic, key, data);
        }
    }

    private void settle() {
        clients.forEach(client -> client.peer().drain());
        rig.run(Duration.ofSeconds(2));
        clients.forEach(client -> {
            client.read();
            client.isAnswered();
            published.forEach((topic, all) -> check(client, Topic.of(topic), all));
        });
    }

    private void check(ModelClient client, Topic topic, List<Published> all) {
        if (!client.follows(topic)) {
            return;
        }
        ModelTopic known = client.known(topic);
        if (!known.owner().conflated()) {
            known.isAtHead(new Position(rig.epoch(), all.size()));
            return;
        }
        // The table of latest records has bounds of its own, so what counts is what stands in it.
        log(topic)
                .latest(0, Long.MAX_VALUE)
                .frames()
                .forEach(frame -> known.hasLatest(all.get((int) frame.seq() - 1).key(), frame.seq()));
    }

    @Override
    public void saw(Topic topic, String epoch, TelemetryRecord record) {
        Published expected = published.get(topic.name()).get((int) record.seq() - 1);
        assertThat(epoch).isEqualTo(rig.epoch());
        assertThat(new Published(record.key(), record.data().text())).isEqualTo(expected);
    }

    @Override
    public void told(Topic topic, Position before, Gap gap) {
        assertThat(gap.reason()).as("%s", gap).isEqualTo(GapReason.EXPIRED);
        assertThat(log(topic).first()).as("really gone: %s", gap).isGreaterThanOrEqualTo(gap.next());
    }

    private TopicLog log(Topic topic) {
        return rig.node().topics().stream()
                .filter(each -> each.topic().equals(topic))
                .map(NodeTopic::log)
                .findAny()
                .orElseThrow();
    }
}
