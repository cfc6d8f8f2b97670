package live.telemetry.examples.host;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.Optional;
import live.telemetry.core.MetricDescription;
import live.telemetry.core.MetricSource;
import live.telemetry.core.Topic;

/** {@code jvm.heap}: a {@link Heap}. */
record HeapSource(Duration interval) implements MetricSource {

    private static final Topic TOPIC = Topic.of("jvm.heap");
    private static final MemoryMXBean MEMORY = ManagementFactory.getMemoryMXBean();

    /**
     * This JVM's memory, in bytes.
     *
     * @param used by objects, garbage included
     * @param committed taken from the operating system
     * @param max what the heap may grow to
     * @param percent used of max
     * @param nonHeapUsed classes, compiled code and the like
     */
    record Heap(long used, long committed, long max, double percent, long nonHeapUsed) {}

    @Override
    public Topic topic() {
        return TOPIC;
    }

    @Override
    public Heap sample() {
        MemoryUsage heap = MEMORY.getHeapMemoryUsage();
        // A collector may have no maximum; it then takes what is committed, and more.
        long max = Math.max(heap.getMax(), heap.getCommitted());
        return new Heap(
                heap.getUsed(),
                heap.getCommitted(),
                max,
                Round.percent(heap.getUsed(), max),
                MEMORY.getNonHeapMemoryUsage().getUsed());
    }

    @Override
    public Optional<MetricDescription> description() {
        return Optional.of(MetricDescription.titled("Heap")
                .withGroup("JVM")
                .withOrder(11)
                .withUnit("bytes")
                .withField("used", "used")
                .withField("committed", "committed")
                .withField("max", "max")
                .withField("nonHeapUsed", "outside the heap")
                .withField("percent", "used", "percent"));
    }
}
