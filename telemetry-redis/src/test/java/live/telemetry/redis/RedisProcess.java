package live.telemetry.redis;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/**
 * A real redis-server on a free port of the loopback, in a directory of its own. It can be killed and started again on the same
 * port; with {@link #durable} it then has everything that it acknowledged.
 */
class RedisProcess implements AutoCloseable {

    private static final Duration START_TIMEOUT = Duration.ofSeconds(20);

    private static final String TLS_PORT = "--tls-port";
    private static final int BUS_OFFSET = 10_000;
    private static final int FIRST_PORT = 12_000;
    private static final int FIRST_EPHEMERAL_PORT = 32_768;

    private final RedisBinary binary;
    private final int port;
    private final Path directory;
    private final List<String> options;
    private Process process;

    private RedisProcess(RedisBinary binary, int port, List<String> options) {
        this.binary = binary;
        this.options = options;
        this.port = port;
        try {
            this.directory = Files.createTempDirectory("telemetry-redis");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start();
    }

    /** Keeps everything in memory only. */
    static RedisProcess volatileOne(RedisBinary binary, String... options) {
        return new RedisProcess(binary, freePort(), List.of(options));
    }

    /** Writes to disk before it acknowledges. */
    static RedisProcess durable(RedisBinary binary, String... options) {
        List<String> all = new ArrayList<>(List.of("--appendonly", "yes", "--appendfsync", "always"));
        all.addAll(List.of(options));
        return new RedisProcess(binary, freePort(), all);
    }

    /** Durable, and a replica of it has not to wait. */
    static RedisProcess replicated(RedisBinary binary, String... options) {
        return durable(binary, with(options, "--repl-diskless-sync-delay", "0"));
    }

    /** A node of a cluster; with TLS it has a second port for that. */
    static RedisProcess clusterNode(RedisBinary binary, int nodeTimeoutMillis, boolean tls, String... options) {
        if (tls) {
            String port = Integer.toString(freePort());
            return clusterNode(binary, nodeTimeoutMillis, false, with(options, TLS_PORT, port));
        }
        return new RedisProcess(
                binary,
                freePort(),
                List.of(with(
                        options,
                        "--appendonly",
                        "yes",
                        "--appendfsync",
                        "always",
                        "--repl-diskless-sync-delay",
                        "0",
                        "--cluster-enabled",
                        "yes",
                        "--cluster-node-timeout",
                        Integer.toString(nodeTimeoutMillis),
                        // A replica that lags takes over as well: what is lost then is to be told.
                        "--cluster-replica-validity-factor",
                        "0")));
    }

    private static String[] with(String[] options, String... more) {
        return Stream.concat(Stream.of(more), Stream.of(options)).toArray(String[]::new);
    }

    /** A sentinel; the lines configure it. */
    static RedisProcess sentinel(RedisBinary binary, List<String> lines) {
        return new RedisProcess(binary, freePort(), List.of("--sentinel")) {
            @Override
            List<String> command() {
                Path file = directory().resolve("sentinel.conf");
                List<String> all = new ArrayList<>(List.of("port " + port(), "bind 127.0.0.1", "dir " + directory()));
                all.addAll(lines);
                try {
                    Files.write(file, all);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                return List.of(file.toString());
            }
        };
    }

    /**
     * Not one that the system gives to whoever asks for any, since that would be given to others until it is bound here, and not its
     * bus port either, by which the nodes of a cluster talk to each other.
     */
    private static int freePort() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, FIRST_EPHEMERAL_PORT - BUS_OFFSET);
            if (isFree(port) && isFree(port + BUS_OFFSET)) {
                return port;
            }
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port)) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    /** Starts it, again if it was killed, and waits until it answers. */
    void start() {
        List<String> command = new ArrayList<>(List.of(binary.path().toString()));
        command.addAll(command());
        command.addAll(options);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile()));
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Awaitility.await("redis-server, log in " + logFile())
                .atMost(START_TIMEOUT)
                .pollInterval(Duration.ofMillis(10))
                .until(this::answers);
    }

    List<String> command() {
        return List.of(
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--dir",
                directory.toString(),
                "--save",
                "",
                "--daemonize",
                "no");
    }

    Path directory() {
        return directory;
    }

    private File logFile() {
        return directory.resolve("redis.log").toFile();
    }

    private boolean answers() {
        if (!process.isAlive()) {
            throw new IllegalStateException("redis-server has ended, see " + logFile());
        }
        try (Jedis jedis = admin()) {
            // Somebody else may have been faster, whose Redis is not ours to do damage to.
            boolean isThisOne = field(jedis.info("server"), "process_id").equals(Long.toString(process.pid()));
            return isThisOne && !jedis.info("persistence").contains("loading:1");
        } catch (JedisException e) {
            return false;
        }
    }

    String uri() {
        return "redis://127.0.0.1:" + port;
    }

    int port() {
        return port;
    }

    int tlsPort() {
        return Integer.parseInt(options.get(options.indexOf(TLS_PORT) + 1));
    }

    /** A connection to do damage with. */
    Jedis admin() {
        return new Jedis("127.0.0.1", port, 15_000);
    }

    /** As {@code kill -9}: nothing is said, nothing is written any more. */
    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Stops all its threads, with every connection open ({@code SIGSTOP}). */
    void freeze() {
        signal("STOP");
    }

    void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Makes it a replica, and waits until it has what the master has now. */
    void replicate(RedisProcess master) {
        try (Jedis jedis = admin()) {
            jedis.replicaof("127.0.0.1", master.port);
        }
        awaitReplica(master);
    }

    /** Waits until this replica has what the master has now; records may be stored meanwhile. */
    void awaitReplica(RedisProcess master) {
        long now = Long.parseLong(field(master.replication(), "master_repl_offset"));
        Awaitility.await()
                .atMost(START_TIMEOUT)
                .pollInterval(Duration.ofMillis(10))
                .ignoreExceptionsInstanceOf(JedisException.class)
                .until(() -> {
                    String replica = replication();
                    return replica.contains("master_link_status:up")
                            && Long.parseLong(field(replica, "slave_repl_offset")) >= now;
                });
    }

    static String field(String info, String name) {
        return info.lines()
                .filter(line -> line.startsWith(name + ':'))
                .map(line -> line.substring(name.length() + 1).trim())
                .findFirst()
                .orElse("");
    }

    /** What it says about its role. */
    String replication() {
        try (Jedis jedis = admin()) {
            return jedis.info("replication");
        }
    }

    /** Makes it a master. */
    void promote() {
        try (Jedis jedis = admin()) {
            jedis.replicaofNoOne();
        }
    }

    boolean isRunning() {
        return process.isAlive();
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("redis-server " + process.pid() + " does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        kill();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(path -> path.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
