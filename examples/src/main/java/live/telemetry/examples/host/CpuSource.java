package live.telemetry.examples.host;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import live.telemetry.core.MetricDescription;
import live.telemetry.core.MetricSource;
import live.telemetry.core.Sample;
import live.telemetry.core.Topic;
import org.jspecify.annotations.Nullable;
import oshi.hardware.CentralProcessor;

/** {@code host.cpu}: a {@link CpuUsage} with key {@code total}, and one for each core: {@code core-0}, {@code core-1}, … */
final class CpuSource implements MetricSource {

    private static final Topic TOPIC = Topic.of("host.cpu");

    private final CentralProcessor processor;
    private final Duration interval;
    private long @Nullable [] @Nullable [] previous;

    CpuSource(CentralProcessor processor, Duration interval) {
        this.processor = processor;
        this.interval = interval;
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
    public @Nullable Object sample() {
        long[][] before = previous;
        long[][] now = ticks();
        if (before == null || before.length != now.length) {
            previous = now;
            return null;
        }
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < now.length; i++) {
            String key = i == 0 ? "total" : "core-" + (i - 1);
            CpuUsage.between(before[i], now[i]).ifPresent(usage -> samples.add(Sample.of(key, usage)));
        }
        if (samples.isEmpty()) {
            return null;
        }
        previous = now;
        return samples;
    }

    /** The ticks of the whole first, then of each core. */
    private long[][] ticks() {
        long[][] cores = processor.getProcessorCpuLoadTicks();
        long[][] all = new long[cores.length + 1][];
        all[0] = processor.getSystemCpuLoadTicks();
        System.arraycopy(cores, 0, all, 1, cores.length);
        return all;
    }

    @Override
    public Optional<MetricDescription> description() {
        return Optional.of(MetricDescription.titled("CPU")
                .withOrder(1)
                .withUnit("percent")
                .withField("percent", "busy")
                .withField("user", "user")
                .withField("system", "system")
                .withField("iowait", "I/O wait")
                .withField("steal", "stolen"));
    }
}
