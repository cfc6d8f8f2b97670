package live.telemetry.redis;

import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** A master, a replica, and sentinels that decide which is which. */
final class SentinelChaos implements ChaosTarget {

    private final SentinelRig rig;

    SentinelChaos(RedisBinary binary) {
        this.rig = new SentinelRig(binary, List.of(), ReplicaFaults.options(binary));
    }

    @Override
    public String uri(int node) {
        return rig.uri("");
    }

    @Override
    public Set<ChaosFault> faults() {
        return EnumSet.complementOf(
                EnumSet.of(ChaosFault.RESHARD, ChaosFault.BLACK_HOLE, ChaosFault.STALL, ChaosFault.CUT));
    }

    @Override
    public boolean opensEpoch(ChaosFault fault) {
        return switch (fault) {
            case KILL_MASTER, FAIL_OVER, FAIL_OVER_LOSING, SPLIT, FLUSH, FREEZE, SLEEP, PAUSE_ALL -> true;
            default -> false;
        };
    }

    @Override
    public List<RedisProcess> masters() {
        return List.of(rig.master());
    }

    @Override
    public void inflict(ChaosFault fault, RedisProcess victim, int node, int millis, Random random) {
        RedisProcess replica = rig.other(victim);
        switch (fault) {
            case KILL_MASTER -> {
                victim.kill();
                rig.awaitAnotherThan(victim);
            }
            case FAIL_OVER -> {
                ReplicaFaults.pauseWrites(victim);
                replica.awaitReplica(victim);
                rig.failOver();
            }
            case FAIL_OVER_LOSING -> {
                ReplicaFaults.losing(victim, replica, millis);
                rig.awaitAnotherThan(victim);
            }
            case SPLIT -> rig.failOver();
            default -> throw new IllegalArgumentException(fault.name());
        }
    }

    @Override
    public void heal() {
        rig.awaitReplica();
    }

    @Override
    public void close() {
        rig.close();
    }
}
