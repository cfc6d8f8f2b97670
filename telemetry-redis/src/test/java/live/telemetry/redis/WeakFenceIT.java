package live.telemetry.redis;

import static live.telemetry.redis.StoreRig.CPU;
import static live.telemetry.redis.StoreRig.await;
import static live.telemetry.redis.StoreRig.history;
import static live.telemetry.redis.StoreRig.publish;
import static org.assertj.core.api.Assertions.assertThat;

import live.telemetry.core.History.Continuity;
import live.telemetry.core.Position;
import live.telemetry.core.envelope.GapReason;
import live.telemetry.tck.LogEntry;
import live.telemetry.tck.NodeModel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** A Redis whose scripts may not read the replication id, as with an ACL without dangerous commands. */
class WeakFenceIT {

    private final StoreRig rig = new StoreRig();
    private ChaosStore store;
    private NodeModel node;

    @BeforeEach
    void open() {
        store = new ChaosStore(RedisBinary.preferred(), 1);
        for (RedisProcess redis : store.processes()) {
            try (Jedis jedis = redis.admin()) {
                jedis.aclSetUser(
                        "app", "on", ">p@ss+word", "~telemetry*", "~{telemetry*", "&*", "+@all", "-@dangerous");
            }
        }
        node = rig.model("redis://app:p%40ss+word@127.0.0.1:" + store.proxy(0).port());
    }

    @AfterEach
    void close() {
        rig.close();
        store.close();
    }

    @Test
    void failoverThatLosesRecordsIsNoticedByTheNumbersThatAreKnown() {
        Position fifth = publish(node.broadcaster(), CPU, 1, 5);
        store.catchUpRunning();
        store.cutReplica();
        Position eighth = publish(node.broadcaster(), CPU, 6, 8);
        await().until(() -> node.log(CPU).position().equals(eighth));
        store.killMaster();
        store.switchOver();
        Position after = publish(node.broadcaster(), CPU, 9, 9);
        assertThat(after.epoch()).isNotEqualTo(fifth.epoch());
        assertThat(after.seq()).isEqualTo(6);
        await().until(() -> node.log(CPU).position().equals(after));
        assertThat(node.log(CPU).losses())
                .containsExactly(new LogEntry.Lost(GapReason.ROLLED_BACK, fifth.epoch(), 6, 8, after.epoch(), 6));
        assertThat(node.violations()).isEmpty();
    }

    @Test
    void failoverThatLosesNothingKeepsTheEpoch() {
        Position fifth = publish(node.broadcaster(), CPU, 1, 5);
        store.catchUp();
        store.switchOver();
        assertThat(publish(node.broadcaster(), CPU, 6, 6)).isEqualTo(new Position(fifth.epoch(), 6));
    }

    @Test
    void positionThatAClientInventsOpensNoEpoch() {
        Position fifth = publish(node.broadcaster(), CPU, 1, 5);
        Position invented = new Position(fifth.epoch(), 900);
        assertThat(history(node.broadcaster(), CPU, invented).continuity()).isEqualTo(Continuity.ROLLED_BACK);
        assertThat(publish(node.broadcaster(), CPU, 6, 6)).isEqualTo(new Position(fifth.epoch(), 6));
    }
}
