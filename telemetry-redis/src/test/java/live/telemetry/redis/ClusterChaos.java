package live.telemetry.redis;

import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import live.telemetry.core.Topic;

/** A cluster of three masters with a replica each. */
final class ClusterChaos implements ChaosTarget {

    private static final int SLOTS_AT_A_TIME = 3;
    private static final int KEYS_AT_A_TIME = 2;

    private final ClusterRig rig;
    private final Partitions partitions =
            new Partitions(RedisBroadcasterBuilder.DEFAULT_KEY_PREFIX, RedisBroadcasterBuilder.DEFAULT_PARTITIONS, 0);

    ClusterChaos(RedisBinary binary) {
        this.rig = new ClusterRig(binary, ReplicaFaults.options(binary));
    }

    @Override
    public String uri(int node) {
        return rig.uri("");
    }

    @Override
    public Set<ChaosFault> faults() {
        return EnumSet.complementOf(
                EnumSet.of(ChaosFault.BLACK_HOLE, ChaosFault.STALL, ChaosFault.CUT, ChaosFault.SPLIT));
    }

    @Override
    public boolean opensEpoch(ChaosFault fault) {
        return switch (fault) {
            case KILL_MASTER, FAIL_OVER, FAIL_OVER_LOSING, SPLIT, FLUSH, FREEZE, SLEEP, PAUSE_ALL, RESHARD -> true;
            default -> false;
        };
    }

    @Override
    public List<RedisProcess> masters() {
        rig.awaitWhole();
        return rig.masters();
    }

    @Override
    public void inflict(ChaosFault fault, RedisProcess victim, int node, int millis, Random random) {
        RedisProcess replica = rig.replicaOf(victim);
        switch (fault) {
            case KILL_MASTER -> {
                victim.kill();
                rig.awaitMaster(replica);
            }
            case FAIL_OVER -> rig.failOver(victim);
            case FAIL_OVER_LOSING -> {
                ReplicaFaults.losing(victim, replica, millis);
                rig.awaitMaster(replica);
            }
            case RESHARD -> {
                for (int i = 0; i < SLOTS_AT_A_TIME; i++) {
                    Topic topic = ChaosRun.TOPICS.get(random.nextInt(ChaosRun.TOPICS.size()));
                    move(partitions.of(topic), random);
                }
            }
            default -> throw new IllegalArgumentException(fault.name());
        }
    }

    private void move(Partition partition, Random random) {
        RedisProcess from = rig.masterOf(partition);
        List<RedisProcess> others =
                rig.masters().stream().filter(master -> master != from).toList();
        SlotMove move = new SlotMove(partition, from, others.get(random.nextInt(others.size())));
        move.begin();
        while (move.moveKeys(KEYS_AT_A_TIME)) {
            ChaosRun.pause(random.nextInt(30));
        }
        move.end();
    }

    @Override
    public void heal() {
        rig.awaitWhole();
    }

    @Override
    public void close() {
        rig.close();
    }
}
