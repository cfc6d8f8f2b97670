package live.telemetry.examples.host;

import java.time.Duration;
import java.util.Optional;
import live.telemetry.core.MetricDescription;
import live.telemetry.core.MetricSource;
import live.telemetry.core.Topic;
import oshi.hardware.GlobalMemory;

/** {@code host.memory}: a {@link Memory}. */
record MemorySource(GlobalMemory hardware, Duration interval) implements MetricSource {

    private static final Topic TOPIC = Topic.of("host.memory");

    /**
     * The machine's memory, in bytes.
     *
     * @param total all there is
     * @param used what programs could not have
     * @param available what programs can have, caches that can be dropped included
     * @param percent used of total
     * @param swapTotal on disk
     * @param swapUsed on disk
     */
    record Memory(long total, long used, long available, double percent, long swapTotal, long swapUsed) {}

    @Override
    public Topic topic() {
        return TOPIC;
    }

    @Override
    public Memory sample() {
        long total = hardware.getTotal();
        long available = hardware.getAvailable();
        long used = total - available;
        return new Memory(
                total,
                used,
                available,
                Round.percent(used, total),
                hardware.getVirtualMemory().getSwapTotal(),
                hardware.getVirtualMemory().getSwapUsed());
    }

    @Override
    public Optional<MetricDescription> description() {
        return Optional.of(MetricDescription.titled("Memory")
                .withOrder(2)
                .withUnit("bytes")
                .withField("used", "used")
                .withField("available", "available")
                .withField("total", "total")
                .withField("percent", "used", "percent")
                .withField("swapUsed", "swap used")
                .withField("swapTotal", "swap total"));
    }
}
