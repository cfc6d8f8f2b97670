package live.telemetry.examples.cluster;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** Publishes on the nodes in turn, leaving out those that are down, and remembers what was acknowledged. */
final class DemoLoad implements AutoCloseable {

    static final List<String> TOPICS = List.of("demo.a", "demo.b", "demo.c", "demo.d");
    static final int RECORDS_PER_SECOND = 100;

    private final List<DemoNode> nodes;
    private final ScheduledExecutorService publisher = Executors.newSingleThreadScheduledExecutor();
    private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();
    private final LongAdder failed = new LongAdder();
    private int count;

    DemoLoad(List<DemoNode> nodes) {
        this.nodes = nodes;
    }

    void start() {
        publisher.scheduleAtFixedRate(this::publishOne, 0, 1_000 / RECORDS_PER_SECOND, TimeUnit.MILLISECONDS);
    }

    private void publishOne() {
        int number = count++;
        String topic = TOPICS.get(number % TOPICS.size());
        List<DemoNode> running = nodes.stream().filter(DemoNode::isRunning).toList();
        running.get(number / TOPICS.size() % running.size())
                .publish(topic, number)
                .whenComplete((position, error) -> {
                    if (error == null) {
                        acknowledged.merge(topic, position.seq(), Math::max);
                    } else {
                        failed.increment();
                    }
                });
    }

    /** The highest number that a publisher was told. */
    long acknowledged(String topic) {
        return acknowledged.getOrDefault(topic, 0L);
    }

    /** Records that were not acknowledged, since their node ended: stored or not, nobody was promised them. */
    long failed() {
        return failed.sum();
    }

    @Override
    public void close() {
        publisher.shutdownNow();
    }
}
