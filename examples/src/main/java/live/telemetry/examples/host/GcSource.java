package live.telemetry.examples.host;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import live.telemetry.core.MetricDescription;
import live.telemetry.core.MetricSource;
import live.telemetry.core.Sample;
import live.telemetry.core.Topic;

/** {@code jvm.gc}: a {@link Collector} for each garbage collector of this JVM, with its name as key. */
final class GcSource implements MetricSource {

    private static final Topic TOPIC = Topic.of("jvm.gc");

    private final List<GarbageCollectorMXBean> beans = ManagementFactory.getGarbageCollectorMXBeans();
    private final Duration interval;
    private final Map<String, Collector> previous = new HashMap<>();

    GcSource(Duration interval) {
        this.interval = interval;
    }

    /**
     * What a collector has done.
     *
     * @param collections since the JVM started
     * @param millis that they took in all
     * @param recentCollections since the last sample
     * @param recentMillis that those took
     */
    record Collector(long collections, long millis, long recentCollections, long recentMillis) {

        static Collector of(GarbageCollectorMXBean bean, Collector before) {
            long collections = Math.max(0, bean.getCollectionCount());
            long millis = Math.max(0, bean.getCollectionTime());
            return new Collector(
                    collections, millis, collections - before.collections(), Math.max(0, millis - before.millis()));
        }
    }

    @Override
    public Topic topic() {
        return TOPIC;
    }

    @Override
    public Duration interval() {
        return interval;
    }

    @Override
    public List<Sample> sample() {
        List<Sample> samples = new ArrayList<>();
        for (GarbageCollectorMXBean bean : beans) {
            Collector before = previous.getOrDefault(bean.getName(), new Collector(0, 0, 0, 0));
            Collector now = Collector.of(bean, before);
            previous.put(bean.getName(), now);
            samples.add(Sample.of(bean.getName(), now));
        }
        return samples;
    }

    @Override
    public Optional<MetricDescription> description() {
        return Optional.of(MetricDescription.titled("Garbage collection")
                .withGroup("JVM")
                .withOrder(12)
                .withField("recentMillis", "time", "ms")
                .withField("recentCollections", "collections", "")
                .withField("millis", "time since start", "ms")
                .withField("collections", "collections since start", ""));
    }
}
