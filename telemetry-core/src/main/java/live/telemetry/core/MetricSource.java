package live.telemetry.core;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Something that an application lets the server sample: a topic, an interval, and a value to read.
 *
 * <pre>{@code
 * MetricSource load = MetricSource.of("host.load", Duration.ofSeconds(1), () -> os.getSystemLoadAverage());
 * }</pre>
 */
public interface MetricSource {

    /**
     * The topic that the samples are published to.
     *
     * @return always the same topic
     */
    Topic topic();

    /**
     * How often to sample.
     *
     * @return positive, always the same
     */
    Duration interval();

    /**
     * Reads the value. Called on a sampling thread of the server, never twice at once for the same source; it may block,
     * which delays no other source. What it throws is logged and counted, and it is asked again after the interval.
     *
     * @return anything that is JSON in the end: a number, a string, a map, a list, a Java record, an object with fields; a
     *     {@link Sample} to give a key or a time; a non-empty list of samples for one record each; null for nothing this
     *     time
     * @throws Exception whatever goes wrong
     */
    @Nullable
    Object sample() throws Exception;

    /**
     * Whether to sample only while somebody on this node is subscribed to the topic.
     *
     * @return false unless overridden
     */
    default boolean onlyWhileSubscribed() {
        return false;
    }

    /**
     * How the samples are to be shown. It is published once, with the first sample.
     *
     * @return empty unless overridden: then names and units are guessed
     */
    default Optional<MetricDescription> description() {
        return Optional.empty();
    }

    /**
     * A source from a lambda.
     *
     * @param topic the topic's name
     * @param interval positive
     * @param sampler see {@link #sample()}
     * @return the source
     * @throws TelemetryException with {@code BAD_TOPIC} if the name is not valid
     * @throws IllegalArgumentException if the interval is not positive
     */
    static MetricSource of(String topic, Duration interval, Callable<? extends @Nullable Object> sampler) {
        return new LambdaMetricSource(Topic.of(topic), interval, sampler, false, null);
    }

    /**
     * The same source, sampled only while somebody is subscribed: for what is expensive to read.
     *
     * @return a source that delegates to this one
     */
    default MetricSource whileSubscribed() {
        return new LambdaMetricSource(
                topic(), interval(), this::sample, true, description().orElse(null));
    }

    /**
     * The same source with a description.
     *
     * @param description see {@link #description()}
     * @return a source that delegates to this one
     */
    default MetricSource describedAs(MetricDescription description) {
        return new LambdaMetricSource(topic(), interval(), this::sample, onlyWhileSubscribed(), description);
    }
}
