package live.telemetry.server.sampling;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongSupplier;
import live.telemetry.core.MetricDescription;
import live.telemetry.core.MetricSource;
import live.telemetry.core.Position;
import live.telemetry.core.Publication;
import live.telemetry.core.Sample;
import live.telemetry.core.Topic;
import live.telemetry.core.json.JsonData;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Samples one source: claims it, reads it, publishes what it returned, and counts. Nothing that the source or the
 * publisher throws gets out of here.
 *
 * <p>{@link #claim} runs on the scheduler's thread, {@link #sample} on a sampling thread, completions of publishing on any.
 * The flag {@code busy} hands the source from one to the other, so two samples of it never run at once.
 */
final class SourceSampler {

    private static final Logger LOG = LoggerFactory.getLogger(MetricSampler.class);
    private static final Duration WARN_EVERY = Duration.ofMinutes(1);

    private final MetricSource source;
    private final Topic topic;
    private final Duration interval;
    private final Function<Publication, CompletionStage<Position>> publisher;
    private final InstantSource clock;
    private final LongSupplier nanoTime;

    private final AtomicBoolean busy = new AtomicBoolean();
    /** Whether the description is published, or on its way. */
    private final AtomicBoolean described = new AtomicBoolean();

    private volatile boolean stopped;

    private final WarnLimiter failureWarnings = new WarnLimiter(WARN_EVERY);
    private final WarnLimiter skipWarnings = new WarnLimiter(WARN_EVERY);
    private final LongAdder samples = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final LongAdder skipped = new LongAdder();

    SourceSampler(
            MetricSource source,
            Function<Publication, CompletionStage<Position>> publisher,
            InstantSource clock,
            LongSupplier nanoTime) {
        this.source = source;
        this.topic = source.topic();
        this.interval = source.interval();
        this.publisher = publisher;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    Topic topic() {
        return topic;
    }

    /** Whether {@link #sample} may be called now; if not, the previous one is not done, and a skipped tick is counted. */
    boolean claim() {
        if (busy.compareAndSet(false, true)) {
            return true;
        }
        skipped.increment();
        if (skipWarnings.permits(nanoTime.getAsLong())) {
            LOG.warn(
                    "sampling {} takes longer than its interval {}: {} ticks skipped so far",
                    topic,
                    interval,
                    skipped.sum());
        }
        return false;
    }

    /** Reads the source once; called after a successful {@link #claim}. */
    void sample() {
        try {
            @Nullable Object result = source.sample();
            samples.increment();
            if (result != null && !stopped) {
                describe();
                publishResult(result, clock.millis());
            }
        } catch (Throwable e) {
            // Errors too: whatever an application's code throws, it is sampled again next time.
            failed("sampling", e);
        } finally {
            release();
        }
    }

    /** Gives back what {@link #claim} took. */
    void release() {
        busy.set(false);
    }

    /** Once; if the broadcaster does not store it, again with the next sample. What is wrong with it keeps no sample back. */
    private void describe() {
        if (!described.compareAndSet(false, true)) {
            return;
        }
        try {
            source.description().ifPresent(this::publish);
        } catch (Throwable e) {
            failed("describing", e);
        }
    }

    private void publish(MetricDescription description) {
        JsonData data = JsonData.of(description);
        publisher
                .apply(new Publication(MetricDescription.TOPIC, clock.millis(), topic.name(), data))
                .whenComplete((position, failure) -> described.set(failure == null));
    }

    private void publishResult(Object result, long nowMillis) {
        if (result instanceof Sample sample) {
            publish(sample, nowMillis);
        } else if (result instanceof List<?> list && isSamples(list)) {
            for (Object sample : list) {
                publish((Sample) sample, nowMillis);
            }
        } else {
            publish(new Sample(null, result, null), nowMillis);
        }
    }

    private static boolean isSamples(List<?> list) {
        return !list.isEmpty() && list.stream().allMatch(Sample.class::isInstance);
    }

    /** One bad sample of a list keeps none of the others back. */
    private void publish(Sample sample, long nowMillis) {
        try {
            long at = sample.at() == null ? nowMillis : sample.at().toEpochMilli();
            Publication publication = new Publication(topic, at, sample.key(), JsonData.of(sample.value()));
            publisher.apply(publication).whenComplete((position, failure) -> {
                if (failure != null) {
                    failed("publishing a sample of", failure);
                }
            });
        } catch (Throwable e) {
            failed("publishing a sample of", e);
        }
    }

    void failed(String what, Throwable failure) {
        if (stopped) {
            LOG.debug("{} {} ended with the server", what, topic, failure);
            return;
        }
        failures.increment();
        if (failureWarnings.permits(nanoTime.getAsLong())) {
            LOG.warn("{} {} failed ({} failures so far; it goes on)", what, topic, failures.sum(), failure);
        } else {
            LOG.debug("{} {} failed", what, topic, failure);
        }
    }

    boolean isBusy() {
        return busy.get();
    }

    /** From now on nothing is published, and what fails is not worth a warning. */
    void stop() {
        stopped = true;
    }

    SourceStats stats() {
        return new SourceStats(topic, samples.sum(), failures.sum(), skipped.sum());
    }
}
