package live.telemetry.redis;

import static live.telemetry.redis.StoreRig.CPU;
import static live.telemetry.redis.StoreRig.await;
import static live.telemetry.redis.StoreRig.numbers;
import static live.telemetry.redis.StoreRig.publish;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import live.telemetry.core.Broadcaster.State;
import live.telemetry.core.Position;
import live.telemetry.tck.NodeModel;
import live.telemetry.tck.Scheduler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol.Command;

/** A master that sentinels replace. */
class SentinelIT {

    private final StoreRig rig = new StoreRig();
    private SentinelRig store;
    private NodeModel node;

    @BeforeEach
    void open() {
        store = new SentinelRig(RedisBinary.preferred(), List.of());
        node = rig.model(store.uri(""));
    }

    @AfterEach
    void close() {
        rig.close();
        store.close();
    }

    private void awaitAt(Position position) {
        await().until(() -> node.log(CPU).position().equals(position));
        assertThat(node.violations()).isEmpty();
    }

    @Test
    void masterThatIsReplacedWithEverythingMakesNoGap() {
        publish(node.broadcaster(), CPU, 1, 5);
        RedisProcess old = store.master();
        try (Jedis jedis = old.admin()) {
            jedis.sendCommand(Command.CLIENT, "PAUSE", "20000", "WRITE");
        }
        store.other(old).awaitReplica(old);
        store.failOver();
        awaitAt(publish(node.broadcaster(), CPU, 6, 10));
        assertThat(node.log(CPU).losses()).isEmpty();
        assertThat(numbers(node.log(CPU).received())).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    }

    @Test
    void masterThatDiesIsFollowedByEveryConnection() {
        Position before = publish(node.broadcaster(), CPU, 1, 5);
        awaitAt(before);
        store.nodes().get(1).awaitReplica(store.nodes().get(0));
        RedisProcess dead = store.master();
        dead.kill();
        Position after = publish(node.broadcaster(), CPU, 6, 6);
        awaitAt(after);
        assertThat(node.log(CPU).losses()).isEmpty();
        await().until(() -> node.broadcaster().state() == State.UP);
        assertThat(connections(store.other(dead))).isEqualTo(3);
    }

    @Test
    void masterThatGoesOnAfterItWasReplacedIsLeft() {
        Position before = publish(node.broadcaster(), CPU, 1, 5);
        RedisProcess old = store.master();
        store.other(old).awaitReplica(old);
        store.failOver();
        // Sentinels look at it for some seconds before they demote it; it takes writes so long, which are lost then.
        await().until(() -> connections(old) == 0);
        assertThat(old.replication()).contains("role:master");
        Position after = publish(node.broadcaster(), CPU, 6, 6);
        assertThat(after.epoch()).isNotEqualTo(before.epoch());
        awaitAt(after);
    }

    private static long connections(RedisProcess redis) {
        try (Jedis jedis = redis.admin()) {
            return jedis.clientList()
                    .lines()
                    .filter(line -> line.contains("name=telemetry:"))
                    .count();
        }
    }

    @Test
    void oneSentinelIsEnough() {
        store.sentinels().get(0).kill();
        store.sentinels().get(1).kill();
        NodeModel late = rig.model(store.uri(""));
        Position position = publish(late.broadcaster(), CPU, 1, 1);
        await().until(() -> late.log(CPU).position().equals(position));
    }

    @Test
    void unknownMasterIsWaitedFor() {
        String uri = store.uri("").replace(SentinelRig.MASTER_NAME, "nobody");
        try (RedisBroadcaster lost = RedisCluster.impatient(uri).build()) {
            lost.start(new NodeModel("lost", Scheduler.realTime()));
            await().until(() -> lost.state() == State.DOWN);
            int master = store.master().port();
            for (RedisProcess sentinel : store.sentinels()) {
                try (Jedis jedis = sentinel.admin()) {
                    jedis.sendCommand(
                            Command.SENTINEL, "MONITOR", "nobody", "127.0.0.1", Integer.toString(master), "2");
                }
            }
            await().until(() -> lost.state() == State.UP);
        }
    }
}
