package live.telemetry.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol.Command;

/** A master and a replica, and three sentinels that replace the one by the other. */
final class SentinelRig implements AutoCloseable {

    static final String MASTER_NAME = "telemetry-master";
    private static final int SENTINELS = 3;

    private final List<RedisProcess> nodes;
    private final List<RedisProcess> sentinels;

    SentinelRig(RedisBinary binary, List<String> sentinelLines, String... options) {
        RedisProcess master = RedisProcess.replicated(binary, options);
        RedisProcess replica = RedisProcess.replicated(binary, options);
        this.nodes = List.of(master, replica);
        replica.replicate(master);
        List<String> lines = new ArrayList<>(List.of(
                "sentinel monitor " + MASTER_NAME + " 127.0.0.1 " + master.port() + " 2",
                "sentinel down-after-milliseconds " + MASTER_NAME + " 700",
                "sentinel failover-timeout " + MASTER_NAME + " 2000"));
        lines.addAll(sentinelLines);
        this.sentinels = IntStream.range(0, SENTINELS)
                .mapToObj(i -> RedisProcess.sentinel(binary, lines))
                .toList();
        StoreRig.awaitRedis().until(this::isReady);
    }

    /** Every sentinel knows the others and the replica. */
    private boolean isReady() {
        return sentinels.stream().allMatch(sentinel -> {
            try (Jedis jedis = sentinel.admin()) {
                return jedis.info("sentinel").contains("slaves=1,sentinels=" + SENTINELS);
            }
        });
    }

    /** All sentinels, with what stands between the scheme and them. */
    String uri(String login) {
        return "redis-sentinel://" + login
                + sentinels.stream().map(s -> "127.0.0.1:" + s.port()).collect(Collectors.joining(",")) + "/"
                + MASTER_NAME;
    }

    List<RedisProcess> nodes() {
        return nodes;
    }

    List<RedisProcess> sentinels() {
        return sentinels;
    }

    /** Which one the sentinels name, all of them the same. */
    RedisProcess master() {
        StoreRig.awaitRedis().until(() -> ports().distinct().count() == 1);
        int port = ports().findFirst().orElseThrow();
        return nodes.stream().filter(node -> node.port() == port).findFirst().orElseThrow();
    }

    private IntStream ports() {
        return sentinels.stream().mapToInt(sentinel -> {
            try (Jedis jedis = sentinel.admin()) {
                return Integer.parseInt(
                        jedis.sentinelGetMasterAddrByName(MASTER_NAME).get(1));
            }
        });
    }

    RedisProcess other(RedisProcess node) {
        return nodes.get(1 - nodes.indexOf(node));
    }

    /** Whoever is asked to do without a reason may refuse, since the last time is not long ago. */
    void failOver() {
        RedisProcess before = master();
        StoreRig.awaitRedis().until(() -> {
            try (Jedis jedis = sentinels.get(0).admin()) {
                return jedis.sendCommand(Command.SENTINEL, "FAILOVER", MASTER_NAME) != null;
            }
        });
        awaitAnotherThan(before);
    }

    void awaitAnotherThan(RedisProcess before) {
        StoreRig.awaitRedis().until(() -> ports().allMatch(port -> port != before.port()));
    }

    /**
     * Both run, and the replica has what the master has. Sentinels would take many seconds to demote the one that was left, and of two
     * replicas whose link has been down for long they promote none.
     */
    void awaitReplica() {
        nodes.stream().filter(node -> !node.isRunning()).forEach(RedisProcess::start);
        StoreRig.awaitRedis().untilAsserted(() -> {
            RedisProcess master = master();
            RedisProcess replica = other(master);
            if (isMaster(master) && isMaster(replica)) {
                replica.replicate(master);
            } else if (!isMaster(master) && !isMaster(replica)) {
                master.promote();
            }
            assertThat(master.replication()).contains("role:master");
            assertThat(replica.replication()).contains("master_link_status:up");
        });
    }

    private static boolean isMaster(RedisProcess node) {
        return node.replication().contains("role:master");
    }

    @Override
    public void close() {
        sentinels.forEach(RedisProcess::close);
        nodes.forEach(RedisProcess::close);
    }
}
