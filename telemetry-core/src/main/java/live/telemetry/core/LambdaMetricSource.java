package live.telemetry.core;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

record LambdaMetricSource(
        Topic topic,
        Duration interval,
        Callable<? extends @Nullable Object> sampler,
        boolean onlyWhileSubscribed,
        @Nullable MetricDescription described)
        implements MetricSource {

    LambdaMetricSource {
        if (interval.isNegative() || interval.isZero()) {
            throw new IllegalArgumentException("interval of " + topic + " must be positive: " + interval);
        }
    }

    @Override
    public @Nullable Object sample() throws Exception {
        return sampler.call();
    }

    @Override
    public Optional<MetricDescription> description() {
        return Optional.ofNullable(described);
    }
}
