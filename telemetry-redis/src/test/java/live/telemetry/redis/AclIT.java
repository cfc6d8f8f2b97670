package live.telemetry.redis;

import static live.telemetry.redis.StoreRig.CPU;
import static live.telemetry.redis.StoreRig.await;
import static live.telemetry.redis.StoreRig.get;
import static live.telemetry.redis.StoreRig.history;
import static live.telemetry.redis.StoreRig.numbers;
import static live.telemetry.redis.StoreRig.publish;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import live.telemetry.core.Broadcaster.State;
import live.telemetry.core.Position;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.GapReason;
import live.telemetry.tck.LogEntry;
import live.telemetry.tck.NodeModel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol.Command;

/** Users who may do no more than is needed: the rules in {@code docs/OPERATIONS.md}, as they stand there. */
class AclIT {

    private static final Path OPERATIONS = Path.of("..", "docs", "OPERATIONS.md");
    private static final String LOGIN = "telemetry:secret@";

    private final StoreRig rig = new StoreRig();
    private AutoCloseable store = () -> {};

    @AfterEach
    void close() throws Exception {
        rig.close();
        store.close();
    }

    /** The rule for a user, as its arguments. */
    private static String[] rule(String user) throws IOException {
        return Files.readString(OPERATIONS)
                .replace("\\\n", " ")
                .lines()
                .filter(line -> line.startsWith("ACL SETUSER " + user + " "))
                .findFirst()
                .orElseThrow()
                .replace("PASSWORD", "secret")
                .substring("ACL ".length())
                .trim()
                .split(" +");
    }

    private static void allow(List<RedisProcess> processes, String... rule) {
        for (RedisProcess process : processes) {
            try (Jedis jedis = process.admin()) {
                jedis.sendCommand(Command.ACL, rule);
            }
        }
    }

    /** What was not permitted. */
    private static List<String> refusals(List<RedisProcess> processes) {
        return processes.stream()
                .filter(RedisProcess::isRunning)
                .flatMap(process -> {
                    try (Jedis jedis = process.admin()) {
                        return jedis.aclLog().stream().map(entry -> entry.getReason() + " " + entry.getObject());
                    }
                })
                .toList();
    }

    private void everythingWorks(String uri, List<RedisProcess> processes, String... expectedRefusals) {
        NodeModel node = rig.model(uri);
        Position last = publish(node.broadcaster(), CPU, 1, 5);
        await().until(() -> node.log(CPU).position().equals(last));
        assertThat(numbers(history(node.broadcaster(), CPU, new Position(last.epoch(), 3))
                        .records()))
                .containsExactly(4, 5);
        assertThat(get(node.broadcaster().topics(TopicPattern.ALL))).containsOnlyKeys(CPU);
        assertThat(get(node.broadcaster().latest(CPU))).isPresent();
        assertThat(StoreRig.stats(node).lostTails()).isZero();
        assertThat(node.broadcaster().state()).isEqualTo(State.UP);
        assertThat(refusals(processes)).isSubsetOf(expectedRefusals);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rulesAreEnoughForOneRedis(boolean info) throws IOException {
        RedisProcess redis = RedisProcess.volatileOne(InstalledRedis.required());
        store = redis;
        allow(List.of(redis), rule("telemetry"));
        if (!info) {
            allow(List.of(redis), "SETUSER", "telemetry", "-info");
        }
        everythingWorks(
                redis.uri().replace("redis://", "redis://" + LOGIN),
                List.of(redis),
                info ? new String[0] : new String[] {"command info"});
    }

    @Test
    void rulesAreEnoughWithSentinels() throws IOException {
        SentinelRig sentinels = new SentinelRig(InstalledRedis.required(), List.of());
        store = sentinels;
        allow(sentinels.nodes(), rule("telemetry"));
        allow(sentinels.sentinels(), rule("telemetry-watch"));
        List<RedisProcess> all = Stream.concat(sentinels.nodes().stream(), sentinels.sentinels().stream())
                .toList();
        everythingWorks(sentinels.uri(LOGIN) + "?sentinelUser=telemetry-watch&sentinelPassword=secret", all);
    }

    @Test
    void rulesAreEnoughForACluster() throws IOException {
        ClusterRig cluster = new ClusterRig(ClusterRig.MASTERS, InstalledRedis.required());
        store = cluster;
        allow(cluster.nodes(), rule("telemetry"));
        everythingWorks(cluster.uri(LOGIN), cluster.nodes());
    }

    private static void allowAllButDangerous(List<RedisProcess> processes) {
        allow(processes, "SETUSER", "telemetry", "on", ">secret", "~*", "&*", "+@all", "-@dangerous");
    }

    @Test
    void laggingFailoverBySentinelsIsToldAlsoByTheWeakerFence() {
        SentinelRig sentinels = new SentinelRig(InstalledRedis.required(), List.of());
        store = sentinels;
        allowAllButDangerous(sentinels.nodes());
        NodeModel node = rig.model(sentinels.uri(LOGIN));
        RedisProcess master = sentinels.master();
        RedisProcess replica = sentinels.other(master);
        laggingFailoverIsTold(node, master, replica);
    }

    @Test
    void laggingFailoverInAClusterIsToldAlsoByTheWeakerFence() {
        ClusterRig cluster = new ClusterRig(InstalledRedis.required());
        store = cluster;
        allowAllButDangerous(cluster.nodes());
        NodeModel node = rig.model(cluster.uri(LOGIN));
        RedisProcess master =
                cluster.masterOf(new Partitions(RedisBroadcasterBuilder.DEFAULT_KEY_PREFIX, 16, 0).of(CPU));
        laggingFailoverIsTold(node, master, cluster.replicaOf(master));
    }

    private void laggingFailoverIsTold(NodeModel node, RedisProcess master, RedisProcess replica) {
        assertThat(node.broadcaster().detail()).endsWith("fence: known positions (weaker)");
        Position fifth = publish(node.broadcaster(), CPU, 1, 5);
        replica.awaitReplica(master);
        ReplicaFaults.cutOff(master, replica);
        Position eighth = publish(node.broadcaster(), CPU, 6, 8);
        await().until(() -> node.log(CPU).position().equals(eighth));
        master.kill();
        replica.thaw();
        Position after = publish(node.broadcaster(), CPU, 9, 9);
        assertThat(after.epoch()).isNotEqualTo(fifth.epoch());
        assertThat(after.seq()).isEqualTo(6);
        await().until(() -> node.log(CPU).position().equals(after));
        assertThat(node.log(CPU).losses())
                .containsExactly(new LogEntry.Lost(GapReason.ROLLED_BACK, fifth.epoch(), 6, 8, after.epoch(), 6));
        assertThat(node.violations()).isEmpty();
    }
}
