package live.telemetry.redis;

import java.util.List;
import java.util.stream.Stream;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol.Command;

/** Moves the slot of a partition to another master, as {@code redis-cli --cluster reshard} does, one step at a time. */
final class SlotMove {

    private static final String TIMEOUT_MILLIS = "5000";

    private final String slot;
    private final RedisProcess from;
    private final RedisProcess to;

    SlotMove(Partition partition, RedisProcess from, RedisProcess to) {
        this.slot = Integer.toString(partition.slot());
        this.from = from;
        this.to = to;
    }

    void begin() {
        ClusterRig.cluster(to, "SETSLOT", slot, "IMPORTING", ClusterRig.id(from));
        ClusterRig.cluster(from, "SETSLOT", slot, "MIGRATING", ClusterRig.id(to));
    }

    /** Moves some keys; false if there were none any more. */
    boolean moveKeys(int count) {
        List<?> keys = (List<?>) ClusterRig.cluster(from, "GETKEYSINSLOT", slot, Integer.toString(count));
        if (keys.isEmpty()) {
            return false;
        }
        byte[][] command = Stream.concat(
                        Stream.of("127.0.0.1", Integer.toString(to.port()), "", "0", TIMEOUT_MILLIS, "REPLACE", "KEYS")
                                .map(String::getBytes),
                        keys.stream().map(key -> (byte[]) key))
                .toArray(byte[][]::new);
        try (Jedis jedis = from.admin()) {
            jedis.sendCommand(Command.MIGRATE, command);
        }
        return true;
    }

    void end() {
        String owner = ClusterRig.id(to);
        ClusterRig.cluster(to, "SETSLOT", slot, "NODE", owner);
        ClusterRig.cluster(from, "SETSLOT", slot, "NODE", owner);
    }

    void all() {
        begin();
        while (moveKeys(3)) {
            continue;
        }
        end();
    }
}
