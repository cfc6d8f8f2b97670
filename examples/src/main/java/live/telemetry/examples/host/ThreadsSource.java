package live.telemetry.examples.host;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Optional;
import live.telemetry.core.MetricDescription;
import live.telemetry.core.MetricSource;
import live.telemetry.core.Topic;

/** {@code jvm.threads}: {@link Threads}. */
record ThreadsSource(Duration interval) implements MetricSource {

    private static final Topic TOPIC = Topic.of("jvm.threads");
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /**
     * This JVM's threads.
     *
     * @param live now
     * @param daemon those of them that do not keep the JVM alive
     * @param peak the most at one time
     * @param started since the JVM started
     */
    record Threads(int live, int daemon, int peak, long started) {}

    @Override
    public Topic topic() {
        return TOPIC;
    }

    @Override
    public Threads sample() {
        return new Threads(
                THREADS.getThreadCount(),
                THREADS.getDaemonThreadCount(),
                THREADS.getPeakThreadCount(),
                THREADS.getTotalStartedThreadCount());
    }

    @Override
    public Optional<MetricDescription> description() {
        return Optional.of(MetricDescription.titled("Threads")
                .withGroup("JVM")
                .withOrder(13)
                .withUnit("")
                .withField("live", "live")
                .withField("daemon", "daemon")
                .withField("peak", "peak")
                .withField("started", "started since start"));
    }
}
