package live.telemetry.redis;

import static live.telemetry.redis.StoreRig.await;
import static live.telemetry.redis.StoreRig.get;
import static live.telemetry.redis.StoreRig.history;
import static live.telemetry.redis.StoreRig.numbers;
import static live.telemetry.redis.StoreRig.publication;
import static live.telemetry.redis.StoreRig.publish;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import live.telemetry.core.Broadcaster.State;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.tck.NodeModel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import redis.clients.jedis.Jedis;

/** A Redis Cluster: partitions on several masters, which go from one to another. */
@ParameterizedClass
@MethodSource("live.telemetry.redis.RedisBinary#all")
class ClusterIT {

    /** Enough to have some on each master. */
    private static final List<Topic> TOPICS =
            IntStream.range(0, 24).mapToObj(i -> Topic.of("host.cpu-" + i)).toList();

    private static final Topic TOPIC = TOPICS.get(0);

    private static ClusterRig store;
    private static int tests;

    private final RedisBinary binary;
    /** Each test has its own records in the one cluster. */
    private final String prefix = "test-" + ++tests;

    private final Partitions partitions = new Partitions(prefix, 16, 0);
    private final Map<Topic, Integer> published = new HashMap<>();
    private final StoreRig rig = new StoreRig();
    private NodeModel node;
    private NodeModel other;

    ClusterIT(RedisBinary binary) {
        this.binary = binary;
    }

    @BeforeParameterizedClassInvocation
    static void start(RedisBinary binary) {
        store = new ClusterRig(binary);
    }

    @AfterParameterizedClassInvocation
    static void end() {
        store.close();
    }

    @BeforeEach
    void open() {
        node = rig.model(store.uri(""), builder -> builder.keyPrefix(prefix));
        other = rig.model(store.uri(""), builder -> builder.keyPrefix(prefix));
    }

    @AfterEach
    void close() {
        rig.close();
        store.awaitWhole();
    }

    private void publishToAll(int count) {
        for (int i = 0; i < count; i++) {
            List<CompletionStage<Position>> stages = TOPICS.stream()
                    .map(topic ->
                            node.broadcaster().publish(publication(topic, published.merge(topic, 1, Integer::sum))))
                    .toList();
            stages.forEach(StoreRig::get);
        }
    }

    private void awaitEverythingOnce() {
        for (NodeModel model : List.of(node, other)) {
            for (Topic topic : TOPICS) {
                List<Integer> all =
                        IntStream.rangeClosed(1, published.get(topic)).boxed().toList();
                await().untilAsserted(() ->
                        assertThat(numbers(model.log(topic).received())).isEqualTo(all));
                assertThat(model.log(topic).losses()).as("gaps of %s", topic).isEmpty();
            }
            assertThat(model.violations()).isEmpty();
        }
    }

    @Test
    void recordsOfAllMastersReachEveryNode() {
        publishToAll(5);
        awaitEverythingOnce();
        assertThat(store.masters()).allSatisfy(master -> {
            try (Jedis jedis = master.admin()) {
                assertThat(jedis.dbSize()).isPositive();
            }
        });
        assertThat(get(node.broadcaster().topics(TopicPattern.ALL))).containsOnlyKeys(TOPICS);
    }

    @Test
    void pubSubIsShardedWhereThatExists() {
        publishToAll(1);
        awaitEverythingOnce();
        Partition partition = partitions.of(TOPIC);
        try (Jedis jedis = store.masterOf(partition).admin()) {
            if (binary.equals(RedisBinary.embedded())) {
                assertThat(jedis.pubsubNumSub(partition.channel())).containsEntry(partition.channel(), 2L);
            } else {
                assertThat(jedis.pubsubShardChannels()).contains(partition.channel());
                assertThat(jedis.pubsubNumSub(partition.channel())).containsEntry(partition.channel(), 0L);
            }
        }
    }

    /** As {@code redis-cli --cluster del-node} leaves it behind: it runs, and knows nobody. */
    @Test
    void seedThatHasLeftTheClusterIsNotBelieved() {
        try (RedisProcess lonely = RedisProcess.clusterNode(binary, 1_000, false)) {
            List<State> states = new ArrayList<>();
            NodeModel third = rig.model(
                    "redis-cluster://127.0.0.1:" + lonely.port() + ","
                            + store.uri("").substring("redis-cluster://".length()),
                    builder -> builder.keyPrefix(prefix).heartbeat(Duration.ofMillis(20)));
            for (int i = 0; i < 50; i++) {
                publishToAll(1);
                states.add(third.broadcaster().state());
            }
            awaitEverythingOnce();
            assertThat(states).containsOnly(State.UP);
        }
    }

    @Test
    void cleanFailoverMakesNoGap() {
        publishToAll(3);
        store.failOver(store.masterOf(partitions.of(TOPIC)));
        publishToAll(3);
        awaitEverythingOnce();
        await().until(() -> node.broadcaster().state() == State.UP);
    }

    @Test
    void masterThatDiesIsReplacedAndTheOthersGoOnMeanwhile() {
        publishToAll(3);
        awaitEverythingOnce();
        Partition partition = partitions.of(TOPIC);
        RedisProcess dead = store.masterOf(partition);
        Topic elsewhere = TOPICS.stream()
                .filter(topic -> store.masterOf(partitions.of(topic)) != dead)
                .findFirst()
                .orElseThrow();
        store.replicaOf(dead).awaitReplica(dead);
        dead.kill();
        await().until(() -> node.broadcaster().state() == State.DEGRADED);
        get(node.broadcaster().publish(publication(elsewhere, published.merge(elsewhere, 1, Integer::sum))));
        publishToAll(2);
        awaitEverythingOnce();
        await().until(() -> node.broadcaster().state() == State.UP);
    }

    @Test
    void slotThatMovesMakesNoGap() {
        publishToAll(3);
        Partition partition = partitions.of(TOPIC);
        RedisProcess from = store.masterOf(partition);
        RedisProcess to =
                store.masters().stream().filter(m -> m != from).findFirst().orElseThrow();
        new SlotMove(partition, from, to).all();
        publishToAll(3);
        awaitEverythingOnce();
        new SlotMove(partition, to, from).all();
        publishToAll(3);
        awaitEverythingOnce();
    }

    @Test
    void publishesWaitWhileTheirSlotIsBetweenMasters() {
        publishToAll(3);
        awaitEverythingOnce();
        Partition partition = partitions.of(TOPIC);
        RedisProcess from = store.masterOf(partition);
        RedisProcess to =
                store.masters().stream().filter(m -> m != from).findFirst().orElseThrow();
        SlotMove move = new SlotMove(partition, from, to);
        move.begin();
        move.moveKeys(2);
        long redirects = StoreRig.stats(node).redirects();
        CompletionStage<Position> waiting =
                node.broadcaster().publish(publication(TOPIC, published.merge(TOPIC, 1, Integer::sum)));
        await().until(() -> StoreRig.stats(node).redirects() > redirects + 3);
        assertThat(waiting.toCompletableFuture()).isNotDone();
        while (move.moveKeys(10)) {
            continue;
        }
        move.end();
        get(waiting);
        awaitEverythingOnce();
        assertThat(node.broadcaster().state()).isEqualTo(State.UP);
    }

    @Test
    void readersFollowASlotThatTheyHaveNotHeardOf() {
        Position last = publish(node.broadcaster(), TOPIC, 1, 5);
        Partition partition = partitions.of(TOPIC);
        RedisProcess from = store.masterOf(partition);
        RedisProcess to =
                store.masters().stream().filter(m -> m != from).findFirst().orElseThrow();
        RedisBroadcaster idle = rig.node(store.uri(""), builder -> builder.keyPrefix(prefix));
        new SlotMove(partition, from, to).all();
        assertThat(numbers(history(idle, TOPIC, new Position(last.epoch(), 2)).records()))
                .containsExactly(3, 4, 5);
    }
}
