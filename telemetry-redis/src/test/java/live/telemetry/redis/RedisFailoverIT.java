package live.telemetry.redis;

import static live.telemetry.redis.StoreRig.CPU;
import static live.telemetry.redis.StoreRig.await;
import static live.telemetry.redis.StoreRig.history;
import static live.telemetry.redis.StoreRig.numbers;
import static live.telemetry.redis.StoreRig.publish;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import live.telemetry.core.History;
import live.telemetry.core.History.Continuity;
import live.telemetry.core.Position;
import live.telemetry.core.envelope.GapReason;
import live.telemetry.tck.LogEntry;
import live.telemetry.tck.NodeModel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol.Command;

/** What readers are told when another Redis, or the same one again, goes on: nothing, unless something was lost. */
@ParameterizedClass
@MethodSource("live.telemetry.redis.RedisBinary#all")
class RedisFailoverIT {

    private final RedisBinary binary;
    private final StoreRig rig = new StoreRig();
    private ChaosStore store;
    private NodeModel node;

    RedisFailoverIT(RedisBinary binary) {
        this.binary = binary;
    }

    @BeforeEach
    void open() {
        store = new ChaosStore(binary, 1);
        node = rig.model("redis://127.0.0.1:" + store.proxy(0).port());
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
    void restartWithItsDataMakesNoGap() {
        Position before = publish(node.broadcaster(), CPU, 1, 5);
        store.killMaster();
        store.master().start();
        Position after = publish(node.broadcaster(), CPU, 6, 10);
        assertThat(after.seq()).isEqualTo(10);
        assertThat(after.epoch()).isNotEqualTo(before.epoch());
        awaitAt(after);
        assertThat(node.log(CPU).losses()).isEmpty();
        assertThat(numbers(history(node.broadcaster(), CPU, new Position(before.epoch(), 3))
                        .records()))
                .containsExactly(4, 5, 6, 7, 8, 9, 10);
    }

    @Test
    void promotionOfAReplicaThatHasEverythingMakesNoGap() {
        publish(node.broadcaster(), CPU, 1, 5);
        store.catchUp();
        store.switchOver();
        Position after = publish(node.broadcaster(), CPU, 6, 10);
        awaitAt(after);
        assertThat(node.log(CPU).losses()).isEmpty();
    }

    @Test
    void promotionOfAReplicaThatLaggedRollsBackWhatItDoesNotHave() {
        Position fifth = publish(node.broadcaster(), CPU, 1, 5);
        store.catchUpRunning();
        store.cutReplica();
        Position eighth = publish(node.broadcaster(), CPU, 6, 8);
        awaitAt(eighth);
        store.killMaster();
        store.switchOver();
        Position after = publish(node.broadcaster(), CPU, 9, 9);
        assertThat(after.seq()).isEqualTo(6);
        awaitAt(after);
        assertThat(node.log(CPU).losses())
                .containsExactly(new LogEntry.Lost(GapReason.ROLLED_BACK, fifth.epoch(), 6, 8, after.epoch(), 6));
        assertThat(numbers(node.log(CPU).valid())).containsExactly(1, 2, 3, 4, 5, 9);
        // Whoever stood at or below the cut goes on exactly.
        History continued = history(node.broadcaster(), CPU, fifth);
        assertThat(continued.continuity()).isEqualTo(Continuity.CONTINUES);
        assertThat(numbers(continued.records())).containsExactly(9);
        assertThat(history(node.broadcaster(), CPU, eighth).continuity()).isEqualTo(Continuity.ROLLED_BACK);
    }

    @Test
    void masterThatIsDemotedUnderOpenConnectionsIsLeft() {
        publish(node.broadcaster(), CPU, 1, 5);
        store.catchUpRunning();
        store.switchOver();
        Position after = publish(node.broadcaster(), CPU, 6, 7);
        awaitAt(after);
        assertThat(node.log(CPU).losses()).isEmpty();
    }

    @Test
    void masterThatIsDemotedIsLeftByANodeThatIsIdle() {
        publish(node.broadcaster(), CPU, 1, 1);
        store.switchOver();
        await().until(() -> publishersOf(store.master()) == 1);
    }

    @Test
    void subscriptionThatIsLeftBehindOnAnotherNodeFollows() {
        publish(node.broadcaster(), CPU, 1, 1);
        store.catchUpRunning();
        try (Jedis old = store.isolateMaster().admin()) {
            old.sendCommand(Command.CLIENT, "KILL", "TYPE", "normal");
        }
        // Stored on the new master; the subscription, healthy, is on the old one.
        awaitAt(publish(node.broadcaster(), CPU, 2, 2));
        assertThat(node.log(CPU).losses()).isEmpty();
    }

    private static long publishersOf(RedisProcess redis) {
        try (Jedis jedis = redis.admin()) {
            return jedis.clientList()
                    .lines()
                    .filter(line -> line.contains("name=telemetry:publisher"))
                    .count();
        }
    }

    @Test
    void epochsOffTheEndOfTheChainAreUnknown() {
        // With 32 epochs remembered, the first is forgotten when the 34th begins.
        Position first = publish(node.broadcaster(), CPU, 1, 1);
        Position second = first;
        for (int epoch = 2; epoch <= 34; epoch++) {
            forgetReplicationId();
            Position last = publish(node.broadcaster(), CPU, epoch, epoch);
            second = epoch == 2 ? last : second;
        }
        assertThat(history(node.broadcaster(), CPU, first).continuity()).isEqualTo(Continuity.EPOCH_CHANGED);
        assertThat(history(node.broadcaster(), CPU, second).continuity()).isEqualTo(Continuity.CONTINUES);
        assertThat(node.log(CPU).losses()).isEmpty();
    }

    /** As if the topic had been written on another master. */
    private void forgetReplicationId() {
        Partition partition = new Partitions(RedisBroadcasterBuilder.DEFAULT_KEY_PREFIX, 16, 0).of(CPU);
        try (Jedis jedis = store.master().admin()) {
            assertThat(List.of(jedis.hset(partition.metadataKey(CPU), "r", "another")))
                    .containsExactly(0L);
        }
    }
}
