package live.telemetry.examples.host;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import live.telemetry.core.MetricSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import oshi.SystemInfo;
import oshi.hardware.HardwareAbstractionLayer;

/** Metric sources for the machine ({@code host.>}) and this JVM ({@code jvm.>}). */
public final class HostMetrics {

    /** Disks fill slowly, and a network mount may answer slowly. */
    private static final Duration DISK_INTERVAL = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(HostMetrics.class);

    private HostMetrics() {}

    /**
     * All that this platform has.
     *
     * @param interval how often to sample; disks at most every five seconds
     * @return new sources, each with a state of its own
     */
    public static List<MetricSource> sources(Duration interval) {
        List<MetricSource> sources = new ArrayList<>();
        addHardware(sources, interval);
        sources.add(new DiskSource(interval.compareTo(DISK_INTERVAL) < 0 ? DISK_INTERVAL : interval));
        sources.add(new HeapSource(interval));
        sources.add(new GcSource(interval));
        sources.add(new ThreadsSource(interval));
        return List.copyOf(sources);
    }

    private static void addHardware(List<MetricSource> sources, Duration interval) {
        try {
            HardwareAbstractionLayer hardware = new SystemInfo().getHardware();
            sources.addAll(List.of(
                    new CpuSource(hardware.getProcessor(), interval),
                    new MemorySource(hardware.getMemory(), interval),
                    new LoadSource(hardware.getProcessor(), interval),
                    new NetworkSource(hardware, interval)));
        } catch (RuntimeException | LinkageError e) {
            // OSHI needs a native library in a directory that allows executables, and knows not every platform.
            LOG.warn("no host.cpu, host.memory, host.load and host.network here: {}", e.toString());
        }
    }
}
