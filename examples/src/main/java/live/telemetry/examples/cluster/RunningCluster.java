package live.telemetry.examples.cluster;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import live.telemetry.client.SubscribeOptions;
import live.telemetry.client.TelemetryClient;
import live.telemetry.core.envelope.Since;

/**
 * Three nodes, one Redis, one client, and records all the time. Again and again the node that has the client is ended, the client
 * goes on at another one, and the node is started again.
 */
final class RunningCluster implements AutoCloseable {

    private static final int NODES = 3;
    private static final Duration BETWEEN_MOVES = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long LOOK_EVERY_MILLIS = 10;

    private final long startNanos = System.nanoTime();
    private final PrintStream out;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final DemoRedis redis;
    private final List<DemoNode> nodes;
    private final DemoLoad load;
    private final SequenceCheck check = new SequenceCheck();
    private final TelemetryClient client;
    private int moves;

    private RunningCluster(PrintStream out, DemoRedis redis, List<Integer> ports) {
        this.out = out;
        this.redis = redis;
        this.nodes = ports.stream()
                .map(port -> new DemoNode(
                        "node-" + (ports.indexOf(port) + 1),
                        redis.uri(),
                        port,
                        ports.stream().filter(other -> !other.equals(port)).toList()))
                .toList();
        nodes.forEach(DemoNode::start);
        this.load = new DemoLoad(nodes);
        this.client = TelemetryClient.builder()
                .urls(nodes.stream().map(DemoNode::url).toArray(String[]::new))
                .build();
    }

    /** Returns when all nodes are listening. */
    static RunningCluster start(PrintStream out) throws IOException {
        DemoRedis redis = DemoRedis.start();
        RunningCluster cluster;
        try {
            cluster = new RunningCluster(out, redis, FreePorts.find(NODES));
        } catch (IOException | RuntimeException e) {
            redis.close();
            throw e;
        }
        out.println(redis);
        cluster.nodes.forEach(
                node -> out.println(node + " at " + node.url() + ", dashboard at " + node.dashboardUrl()));
        out.printf(
                "%d records a second to %d topics, published on the nodes in turn; one client reads them all%n",
                DemoLoad.RECORDS_PER_SECOND, DemoLoad.TOPICS.size());
        cluster.client.subscribe("demo.*", SubscribeOptions.from(Since.START), cluster.check);
        cluster.client.connect();
        cluster.load.start();
        return cluster;
    }

    /** Moves the client about for so long, or until this is closed; then waits for the last records, and judges. */
    SequenceCheck.Count run(Duration length) throws InterruptedException {
        long end = System.nanoTime() + length.toNanos();
        until(() -> nodeOfClient().isPresent(), PATIENCE);
        while (!pause(BETWEEN_MOVES) && System.nanoTime() < end) {
            tell();
            move();
        }
        load.close();
        until(this::isComplete, PATIENCE);
        // Who ends it does not wait for what is on its way.
        SequenceCheck.Count count = check.count().withMissing(closed.get() ? 0 : tail());
        say("the client moved %d times: %s", moves, count);
        return count;
    }

    private void move() throws InterruptedException {
        Optional<DemoNode> found = nodeOfClient();
        if (found.isEmpty()) {
            return;
        }
        DemoNode left = found.get();
        say("%s ends", left);
        left.stop();
        long before = check.count().records();
        if (until(() -> nodeOfClient().isPresent() && check.count().records() > before, PATIENCE)) {
            moves++;
            tell();
        }
        if (!closed.get()) {
            left.start();
            say("%s is back", left);
        }
    }

    private Optional<DemoNode> nodeOfClient() {
        return nodes.stream().filter(DemoNode::hasClient).findFirst();
    }

    private boolean isComplete() {
        return tail() == 0;
    }

    /** What was acknowledged and has not come yet. */
    private long tail() {
        return DemoLoad.TOPICS.stream()
                .mapToLong(topic -> Math.max(0, load.acknowledged(topic) - check.last(topic)))
                .sum();
    }

    private void tell() {
        String node = nodeOfClient().map(DemoNode::toString).orElse("no node");
        String topic = DemoLoad.TOPICS.get(0);
        say("client at %s, last seq of %s: %d; %s", node, topic, check.last(topic), check.count());
    }

    private void say(String format, Object... arguments) {
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        out.printf("%5.1f s  %s%n", seconds, format.formatted(arguments));
    }

    /** Whether the demo was ended meanwhile. */
    private boolean pause(Duration length) throws InterruptedException {
        return ended.await(length.toMillis(), TimeUnit.MILLISECONDS);
    }

    private boolean until(BooleanSupplier condition, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end || pause(Duration.ofMillis(LOOK_EVERY_MILLIS))) {
                return condition.getAsBoolean();
            }
        }
        return true;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            ended.countDown();
            load.close();
            client.close();
            nodes.parallelStream().forEach(DemoNode::close);
            redis.close();
        }
    }
}
