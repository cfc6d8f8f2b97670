package live.telemetry.examples.host;

import java.time.Duration;
import java.util.Optional;
import live.telemetry.core.MetricDescription;
import live.telemetry.core.MetricSource;
import live.telemetry.core.Topic;
import org.jspecify.annotations.Nullable;
import oshi.hardware.CentralProcessor;

/** {@code host.load}: a {@link Load}; nothing where there is no such thing (Windows). */
record LoadSource(CentralProcessor processor, Duration interval) implements MetricSource {

    private static final Topic TOPIC = Topic.of("host.load");

    /**
     * Processes that ran or wanted to, on average.
     *
     * @param one over the last minute
     * @param five over five minutes
     * @param fifteen over fifteen minutes
     * @param cores logical processors, to compare with
     */
    record Load(double one, double five, double fifteen, int cores) {}

    @Override
    public Topic topic() {
        return TOPIC;
    }

    @Override
    public @Nullable Load sample() {
        double[] averages = processor.getSystemLoadAverage(3);
        if (averages[0] < 0) {
            return null;
        }
        return new Load(
                Round.hundredths(averages[0]),
                Round.hundredths(averages[1]),
                Round.hundredths(averages[2]),
                processor.getLogicalProcessorCount());
    }

    @Override
    public Optional<MetricDescription> description() {
        return Optional.of(MetricDescription.titled("Load")
                .withOrder(3)
                .withUnit("")
                .withField("one", "1 min")
                .withField("five", "5 min")
                .withField("fifteen", "15 min")
                .withField("cores", "cores"));
    }
}
