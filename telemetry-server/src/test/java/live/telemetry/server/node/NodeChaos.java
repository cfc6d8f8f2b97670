package live.telemetry.server.node;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.Publication;
import live.telemetry.core.Retention;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.json.JsonData;
import live.telemetry.server.log.LatestFrames;
import live.telemetry.server.log.ReaderTurns;
import live.telemetry.server.log.SegmentPool;
import live.telemetry.server.log.TopicLog;
import live.telemetry.tck.SimulatedCluster;
import live.telemetry.tck.Turbulence;
import org.jspecify.annotations.Nullable;

/** Nodes over a simulated cluster, random operations and faults; decided by its seed alone. */
final class NodeChaos {

    private static final int OPERATIONS = 150;
    private static final Duration SETTLING = Duration.ofSeconds(10);

    private final Random random;
    private final SimulatedCluster cluster;
    private final List<Topic> topics = new ArrayList<>();
    private final List<Member> members = new ArrayList<>();
    private int published;

    private final class Member {
        private final Broadcaster broadcaster = cluster.newBroadcaster();
        private final SegmentPool pool;
        private final Node node;
        private final Map<Topic, TopicLog> told = new HashMap<>();
        private boolean wants;

        private Member() {
            VirtualHousekeeping housekeeping = new VirtualHousekeeping(cluster.time());
            this.pool = new SegmentPool(1 << 20, new ReaderTurns(1));
            this.node = new Node(
                    broadcaster,
                    LogReading.FRAMING,
                    Retention.DEFAULT.withMaxRecords(random.nextBoolean() ? 30 : 10_000),
                    new NodeLimits(10_000, 100),
                    pool,
                    housekeeping,
                    housekeeping);
            node.onBirth(topic -> topic.addWatcher(() -> told.put(topic.topic(), topic.log())));
            node.start();
            want(true);
        }

        private void want(boolean wanted) {
            if (wanted && !wants) {
                node.acquire(TopicPattern.ALL);
            } else if (!wanted && wants) {
                node.release(TopicPattern.ALL);
            }
            wants = wanted;
        }

        private @Nullable NodeTopic find(Topic topic) {
            return node.topics().stream()
                    .filter(each -> each.topic().equals(topic))
                    .findFirst()
                    .orElse(null);
        }
    }

    NodeChaos(long seed) {
        this.random = new Random(seed);
        this.cluster = new SimulatedCluster(seed);
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            topics.add(Topic.of("topic." + i));
        }
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            members.add(new Member());
        }
    }

    List<String> problems() {
        for (int i = 0; i < OPERATIONS; i++) {
            operate();
            cluster.run(Duration.ofMillis(random.nextInt(random.nextInt(10) == 0 ? 5_000 : 200)));
        }
        settle();
        List<String> problems = new ArrayList<>();
        long asked = cluster.historyCalls();
        cluster.run(SETTLING);
        if (cluster.historyCalls() > asked) {
            problems.add("history is still asked for, " + (cluster.historyCalls() - asked) + " times");
        }
        for (Member member : members) {
            long memory = 0;
            for (Topic topic : topics) {
                NodeTopic found = member.find(topic);
                TopicLog log = found == null ? null : found.log();
                if (log == null) {
                    problems.add(topic + " is not known");
                } else {
                    memory += log.memoryBytes();
                    compare(log, topic, problems);
                    if (member.told.get(topic) != log) {
                        problems.add(topic + ": the watcher was not told of " + log);
                    }
                }
            }
            if (member.pool.usedBytes() != memory) {
                problems.add("the logs have " + memory + " bytes, the pool says " + member.pool.usedBytes());
            }
        }
        cluster.close();
        return problems;
    }

    private void operate() {
        switch (random.nextInt(26)) {
            case 0 -> cluster.cutStore();
            case 1, 2 -> cluster.restoreStore();
            case 3 -> cluster.cutNode(any().broadcaster);
            case 4, 5 -> cluster.restoreNode(any().broadcaster);
            case 6 -> cluster.failOver();
            case 7 -> cluster.failOverLosing(1 + random.nextInt(8));
            case 8 -> oneIn(4, cluster::loseHistory);
            case 9 -> cluster.retainRecords(random.nextInt(60));
            case 10 -> cluster.turbulence(random.nextBoolean() ? Turbulence.STORMY : Turbulence.CALM);
            case 11 -> cluster.turbulence(Turbulence.CALM.withLoss(random.nextDouble()));
            case 12 -> any().want(false);
            case 13, 14 -> any().want(true);
            case 15 -> oneIn(5, () -> members.add(new Member()));
            case 16 -> any().node.lookUp(TopicPattern.ALL);
            case 17 ->
                any().node.topics().forEach(topic -> {
                    TopicLog log = topic.log();
                    if (log != null) {
                        topic.page(log.headPosition());
                    }
                });
            default -> publish();
        }
    }

    private void oneIn(int n, Runnable operation) {
        if (random.nextInt(n) == 0) {
            operation.run();
        }
    }

    private void publish() {
        Member member = any();
        for (int i = 1 + random.nextInt(12); i > 0; i--) {
            publish(member, topics.get(random.nextInt(topics.size())));
        }
    }

    private void publish(Member member, Topic topic) {
        String data = "x".repeat(random.nextInt(400)) + published++;
        String key = random.nextInt(4) == 0 ? null : "k" + random.nextInt(5);
        member.node.publish(new Publication(topic, cluster.time().now().toMillis(), key, JsonData.of(data)));
    }

    private Member any() {
        return members.get(random.nextInt(members.size()));
    }

    private void settle() {
        cluster.turbulence(Turbulence.CALM);
        cluster.restoreStore();
        members.forEach(member -> {
            cluster.restoreNode(member.broadcaster);
            member.want(true);
        });
        cluster.run(SETTLING);
        // A store that lost everything can only say so with the next record.
        topics.forEach(topic -> publish(members.get(0), topic));
        cluster.run(SETTLING);
    }

    /** What the node has from its first record on must be what the store has, as far as the store still has it. */
    private void compare(TopicLog log, Topic topic, List<String> problems) {
        List<TelemetryRecord> stored = cluster.stored(topic);
        if (!log.headPosition().equals(cluster.head(topic))) {
            problems.add(topic + ": the store is at " + cluster.head(topic) + ", the node has " + log);
            return;
        }
        List<String> texts = LogReading.texts(log);
        List<String> wanted = LogReading.texts(stored);
        int same = Math.min(texts.size(), wanted.size());
        if (!tail(texts, same).equals(tail(wanted, same)) || texts.stream().anyMatch(text -> text.startsWith("no"))) {
            problems.add(topic + ": the node has\n" + texts + "\nthe store\n" + wanted);
        }
        for (LatestFrames.Frame frame : log.latest(0, Long.MAX_VALUE).frames()) {
            int index = (int) (frame.seq() - log.first());
            if (frame.seq() > log.head()
                    || (index >= 0 && !LogReading.text(frame.bytes()).equals(texts.get(index)))) {
                problems.add(topic + ": latest of a key is " + LogReading.text(frame.bytes()));
            }
        }
    }

    private static List<String> tail(List<String> list, int size) {
        return list.subList(list.size() - size, list.size());
    }
}
