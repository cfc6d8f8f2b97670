package live.telemetry.redis;

import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol.Command;

/** What can be done to a master and its replica where somebody else decides who is which. */
final class ReplicaFaults {

    private ReplicaFaults() {}

    /** Redis 7 asks for leave to be put to sleep. */
    static String[] options(RedisBinary binary) {
        return binary.equals(RedisBinary.embedded()) ? new String[0] : new String[] {"--enable-debug-command", "yes"};
    }

    /** Until it is no master any more, at most some seconds. */
    static void pauseWrites(RedisProcess master) {
        client(master, "PAUSE", "10000", "WRITE");
    }

    /** The master dies after it has stored what the replica never gets. */
    static void losing(RedisProcess master, RedisProcess replica, int millis) {
        cutOff(master, replica);
        ChaosRun.pause(millis / 4);
        master.kill();
        replica.thaw();
    }

    /** The replica, which stands still, gets nothing from now on. */
    static void cutOff(RedisProcess master, RedisProcess replica) {
        replica.freeze();
        client(master, "KILL", "TYPE", "replica");
    }

    private static void client(RedisProcess redis, String... arguments) {
        StoreRig.awaitRedis().until(() -> {
            try (Jedis jedis = redis.admin()) {
                return jedis.sendCommand(Command.CLIENT, arguments) != null;
            }
        });
    }
}
