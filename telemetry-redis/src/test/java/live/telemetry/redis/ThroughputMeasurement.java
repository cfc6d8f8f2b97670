package live.telemetry.redis;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.Position;
import live.telemetry.core.Publication;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.json.JsonData;
import org.awaitility.Awaitility;
import redis.clients.jedis.Jedis;

/**
 * One broadcaster publishes records of 200 bytes, two receive them: how many a second at most, and how long one takes at
 * 20,000 a second; on one Redis, then on a cluster of three masters. Everything on this machine, Redis included. No test: its
 * figures depend on the machine.
 *
 * <p>Arguments: seconds for each part (default 5), topics (default 64), rounds of both (default 1).
 */
final class ThroughputMeasurement {

    private static final int RECORD_BYTES = 200;
    private static final int PACE = 20_000;
    private static final int OUTSTANDING = 20_000;

    private final List<Topic> topics = new ArrayList<>();
    private final JsonData data = JsonData.of("x".repeat(RECORD_BYTES - 20));
    private final List<RedisProcess> processes;
    private final Broadcaster publisher;
    private final List<Receiver> receivers = new ArrayList<>();
    private final List<Broadcaster> broadcasters = new ArrayList<>();

    private ThroughputMeasurement(String uri, List<RedisProcess> processes, int topicCount) {
        this.processes = processes;
        for (int i = 0; i < topicCount; i++) {
            topics.add(Topic.of("load.topic-" + i));
        }
        this.publisher = started(uri, new Receiver());
        for (int i = 0; i < 2; i++) {
            Receiver receiver = new Receiver();
            receivers.add(receiver);
            started(uri, receiver).interest(TopicPattern.ALL, true);
        }
        Awaitility.await().until(() -> broadcasters.stream().allMatch(b -> b.state() == Broadcaster.State.UP));
    }

    private Broadcaster started(String uri, Receiver receiver) {
        Broadcaster broadcaster = RedisBroadcaster.builder().uri(uri).build();
        broadcaster.start(receiver);
        broadcasters.add(broadcaster);
        return broadcaster;
    }

    public static void main(String[] arguments) {
        int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
        int topicCount = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 64;
        int rounds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 1;
        RedisBinary binary = RedisBinary.preferred();
        System.out.printf("redis %s, %d topics, %d bytes a record%n", binary.name(), topicCount, RECORD_BYTES);
        for (int round = 0; round < rounds; round++) {
            try (RedisProcess redis = RedisProcess.volatileOne(binary)) {
                System.out.println("one Redis");
                new ThroughputMeasurement(redis.uri(), List.of(redis), topicCount).measure(seconds);
            }
            try (ClusterRig cluster = ClusterRig.volatileOne(binary)) {
                System.out.println("a cluster of three masters");
                new ThroughputMeasurement(cluster.uri(""), cluster.nodes(), topicCount).measure(seconds);
            }
        }
    }

    private void measure(int seconds) {
        saturate("warm-up", seconds);
        saturate("saturated", seconds);
        pace("warm-up", seconds);
        pace("paced", seconds);
        broadcasters.forEach(Broadcaster::close);
    }

    private void saturate(String name, int seconds) {
        Semaphore outstanding = new Semaphore(OUTSTANDING);
        AtomicLong stored = new AtomicLong();
        AtomicLong failed = new AtomicLong();
        receivers.forEach(Receiver::reset);
        double javaCpu = javaCpuSeconds();
        double redisCpu = redisCpuSeconds();
        long start = System.nanoTime();
        long end = start + Duration.ofSeconds(seconds).toNanos();
        int sent = 0;
        while (System.nanoTime() < end) {
            outstanding.acquireUninterruptibly();
            publisher.publish(next(sent++)).whenComplete((position, error) -> {
                (error == null ? stored : failed).incrementAndGet();
                outstanding.release();
            });
        }
        outstanding.acquireUninterruptibly(OUTSTANDING);
        double elapsed = (System.nanoTime() - start) / 1e9;
        Awaitility.await().until(() -> receivers.stream().allMatch(r -> r.count.get() >= stored.get()));
        double all = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                "%s: stored %,.0f records/s, received by both %,.0f records/s, failed %d; CPU a record:"
                        + " %.2f µs Java (all three nodes), %.2f µs Redis; %s%n",
                name,
                stored.get() / elapsed,
                stored.get() / all,
                failed.get(),
                (javaCpuSeconds() - javaCpu) * 1e6 / stored.get(),
                (redisCpuSeconds() - redisCpu) * 1e6 / stored.get(),
                stats(0));
    }

    private void pace(String name, int seconds) {
        receivers.forEach(Receiver::reset);
        double javaCpu = javaCpuSeconds();
        double redisCpu = redisCpuSeconds();
        long batches = stats(0).batches();
        int count = PACE * seconds;
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            long due = start + i * (1_000_000_000L / PACE);
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(20_000);
            }
            publisher.publish(next(i));
        }
        Awaitility.await().until(() -> receivers.stream().allMatch(r -> r.count.get() >= count));
        System.out.printf(
                "%s at %,d/s: %.1f records a script call; CPU a record: %.2f µs Java (all three nodes), %.2f µs Redis%n",
                name,
                PACE,
                (double) count / (stats(0).batches() - batches),
                (javaCpuSeconds() - javaCpu) * 1e6 / count,
                (redisCpuSeconds() - redisCpu) * 1e6 / count);
        for (Receiver receiver : receivers) {
            System.out.printf("%s at %,d/s: publish to receive, %s%n", name, PACE, receiver.latency());
        }
    }

    private static double javaCpuSeconds() {
        var system = ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
        return system.getProcessCpuTime() / 1e9;
    }

    private double redisCpuSeconds() {
        double seconds = 0;
        for (RedisProcess redis : processes) {
            try (Jedis jedis = redis.admin()) {
                String info = jedis.info("cpu");
                seconds += Double.parseDouble(RedisProcess.field(info, "used_cpu_user"))
                        + Double.parseDouble(RedisProcess.field(info, "used_cpu_sys"));
            }
        }
        return seconds;
    }

    private RedisStats stats(int broadcaster) {
        return ((RedisBroadcaster) broadcasters.get(broadcaster)).stats();
    }

    private Publication next(int number) {
        return new Publication(topics.get(number % topics.size()), System.nanoTime() / 1_000, null, data);
    }

    private static final class Receiver implements Broadcaster.Sink {

        private static final int SAMPLES = 4_000_000;

        private final AtomicLong count = new AtomicLong();
        private final int[] micros = new int[SAMPLES];

        void reset() {
            count.set(0);
        }

        @Override
        public void onRecords(Topic topic, String epoch, List<TelemetryRecord> records) {
            long now = System.nanoTime() / 1_000;
            long before = count.get();
            for (TelemetryRecord record : records) {
                micros[(int) (before++ % SAMPLES)] = (int) (now - record.timestampMillis());
            }
            count.set(before);
        }

        String latency() {
            int[] sorted = Arrays.copyOf(micros, (int) Math.min(count.get(), SAMPLES));
            Arrays.sort(sorted);
            return String.format(
                    "p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, max %.2f ms",
                    at(sorted, 0.5), at(sorted, 0.99), at(sorted, 0.999), at(sorted, 1));
        }

        private static double at(int[] sorted, double share) {
            return sorted[(int) Math.min(sorted.length - 1, sorted.length * share)] / 1e3;
        }

        @Override
        public void onHead(Topic topic, Position head) {}

        @Override
        public void onEpochChange(Broadcaster.EpochChange change) {}

        @Override
        public void onState(Broadcaster.State state) {}
    }
}
