package live.telemetry.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol.Command;

/** A Redis Cluster: three masters with a third of the slots each, and a replica for each. */
final class ClusterRig implements AutoCloseable {

    static final int MASTERS = 3;
    private static final int NODE_TIMEOUT_MILLIS = 1_000;
    private static final int SLOTS = 16_384;

    private final List<RedisProcess> nodes;
    private final boolean tls;

    ClusterRig(RedisBinary binary, String... options) {
        this(2 * MASTERS, binary, options);
    }

    /** Masters only, which speak TLS with clients and with each other. */
    static ClusterRig overTls(RedisBinary binary, PemFiles pem) {
        return new ClusterRig(
                MASTERS,
                binary,
                "--tls-cluster",
                "yes",
                "--tls-auth-clients",
                "no",
                "--tls-key-file",
                pem.key().toString(),
                "--tls-cert-file",
                pem.certificate().toString(),
                "--tls-ca-cert-file",
                pem.certificate().toString());
    }

    /** With fewer nodes there are fewer replicas. */
    ClusterRig(int nodeCount, RedisBinary binary, String... options) {
        this.tls = List.of(options).contains("--tls-cluster");
        this.nodes = IntStream.range(0, nodeCount)
                .mapToObj(i -> RedisProcess.clusterNode(binary, NODE_TIMEOUT_MILLIS, tls, options))
                .toList();
        for (int i = 0; i < MASTERS; i++) {
            String[] slots = IntStream.range(SLOTS * i / MASTERS, SLOTS * (i + 1) / MASTERS)
                    .mapToObj(Integer::toString)
                    .toArray(String[]::new);
            cluster(nodes.get(i), "ADDSLOTS", slots);
        }
        nodes.forEach(node -> cluster(nodes.get(0), "MEET", "127.0.0.1", Integer.toString(port(node))));
        StoreRig.awaitRedis()
                .until(() -> nodes.stream().allMatch(node -> lines(node).size() == nodeCount));
        for (int i = MASTERS; i < nodeCount; i++) {
            cluster(nodes.get(i), "REPLICATE", id(nodes.get(i - MASTERS)));
        }
        awaitWhole();
    }

    /** Masters only, which keep everything in memory. */
    static ClusterRig volatileOne(RedisBinary binary) {
        return new ClusterRig(MASTERS, binary, "--appendonly", "no");
    }

    static Object cluster(RedisProcess node, String subcommand, String... arguments) {
        List<String> all = new ArrayList<>(List.of(subcommand));
        all.addAll(List.of(arguments));
        try (Jedis jedis = node.admin()) {
            return jedis.sendCommand(Command.CLUSTER, all.toArray(String[]::new));
        }
    }

    String uri(String login) {
        return (tls ? "rediss-cluster://" : "redis-cluster://")
                + login
                + nodes.stream().map(n -> "127.0.0.1:" + port(n)).collect(Collectors.joining(","));
    }

    private int port(RedisProcess node) {
        return tls ? node.tlsPort() : node.port();
    }

    List<RedisProcess> nodes() {
        return nodes;
    }

    private static List<String[]> lines(RedisProcess node) {
        return new String((byte[]) cluster(node, "NODES"), StandardCharsets.US_ASCII)
                .lines()
                .map(line -> line.split(" "))
                .toList();
    }

    static String id(RedisProcess node) {
        return new String((byte[]) cluster(node, "MYID"), StandardCharsets.US_ASCII);
    }

    /** Those that have slots and say so themselves. */
    List<RedisProcess> masters() {
        return nodes.stream()
                .filter(RedisProcess::isRunning)
                .filter(node -> lines(node).stream()
                        .anyMatch(f -> f[2].contains("myself") && f[2].contains("master") && f.length > 8))
                .toList();
    }

    /** A replica of that master that is in touch with it. */
    RedisProcess replicaOf(RedisProcess master) {
        String id = id(master);
        return nodes.stream()
                .filter(RedisProcess::isRunning)
                .filter(node -> lines(node).stream().anyMatch(f -> f[2].contains("myself") && f[3].equals(id)))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no replica of " + master.port()));
    }

    RedisProcess masterOf(Partition partition) {
        return masters().stream()
                .filter(node ->
                        slots(node).stream().anyMatch(r -> r[0] <= partition.slot() && partition.slot() <= r[1]))
                .findFirst()
                .orElseThrow();
    }

    /** First and last of each range that a node has itself. */
    private static List<int[]> slots(RedisProcess node) {
        return lines(node).stream()
                .filter(f -> f[2].contains("myself"))
                .flatMap(f -> List.of(f).subList(8, f.length).stream())
                .filter(range -> !range.startsWith("["))
                .map(range -> range.split("-"))
                .map(ends -> new int[] {Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1])})
                .toList();
    }

    /** The replica takes over with everything ({@code CLUSTER FAILOVER} waits for its offset). */
    void failOver(RedisProcess master) {
        RedisProcess replica = replicaOf(master);
        StoreRig.awaitRedis().until(() -> {
            if (masters().contains(replica)) {
                return true;
            }
            cluster(replica, "FAILOVER");
            return false;
        });
    }

    /** It is a master, and others know it. */
    void awaitMaster(RedisProcess node) {
        StoreRig.awaitRedis().until(() -> masters().contains(node));
    }

    /** Starts those that were killed, and waits until all agree, and replicas have what their masters have. */
    void awaitWhole() {
        nodes.stream().filter(node -> !node.isRunning()).forEach(RedisProcess::start);
        StoreRig.awaitRedis()
                .until(() -> nodes.stream().allMatch(node -> {
                            try (Jedis jedis = node.admin()) {
                                String replication = jedis.info("replication");
                                boolean settled = new String((byte[]) jedis.sendCommand(Command.CLUSTER, "INFO"))
                                        .contains("cluster_state:ok");
                                return settled
                                        && lines(node).stream().noneMatch(f -> f[2].contains("fail"))
                                        && (replication.contains("role:master")
                                                || replication.contains("master_link_status:up"));
                            }
                        })
                        && nodes.stream().map(ClusterRig::owners).distinct().count() == 1
                        && masters().size() == MASTERS);
    }

    private static Map<String, String> owners(RedisProcess node) {
        Map<String, String> owners = new TreeMap<>();
        lines(node).stream()
                .filter(f -> f[2].contains("master"))
                .sorted(Comparator.comparing(f -> f[0]))
                .forEach(f -> owners.put(f[0], String.join(" ", List.of(f).subList(8, f.length))));
        return owners;
    }

    @Override
    public void close() {
        nodes.forEach(RedisProcess::close);
    }
}
