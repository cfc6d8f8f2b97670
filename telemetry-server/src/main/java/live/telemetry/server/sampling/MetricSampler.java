package live.telemetry.server.sampling;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;
import live.telemetry.core.MetricSource;
import live.telemetry.core.Position;
import live.telemetry.core.Publication;
import live.telemetry.core.Topic;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Samples metric sources, each at the fixed rate that its interval gives, the first time at once, and publishes what they
 * return.
 *
 * <p>Ticks come from one scheduler thread, which reads no source. Sources are read on threads that are started as they
 * are needed: as many as there are sources blocked at the same time, at most {@code maxThreads}. At that bound the samples
 * of further sources wait until a thread is free ({@link SamplerStats#delayed}). A source whose previous sample is not done
 * when its next is due is left out this time ({@link SamplerStats#skipped}), so it is never read twice at once, and never
 * in a burst: not after a slow sample either, nor after a pause of the whole process.
 *
 * <p>What a source throws, what cannot be written as JSON and what cannot be published is counted ({@link
 * SamplerStats#failures}) and logged, at WARN once a minute for each source, else at DEBUG.
 */
public final class MetricSampler implements AutoCloseable {

    /** Threads that may be blocked by sources at the same time, unless it is told otherwise. */
    public static final int DEFAULT_MAX_THREADS = 32;

    /** Sources that want to be sampled more often are sampled this often. */
    public static final Duration MIN_INTERVAL = Duration.ofMillis(1);

    /** How long {@link #close} waits for samples that are running and were interrupted. */
    public static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(MetricSampler.class);
    private static final Duration MAX_INTERVAL = Duration.ofDays(36_500);

    private final Predicate<Topic> subscribed;
    private final TickScheduler scheduler;
    private final SamplingThreads threads;
    private final List<Schedule> schedules = new ArrayList<>();
    private final AtomicBoolean started = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * A sampler that does nothing yet. It asks each source for its topic, its interval and whether it is sampled only while
     * subscribed now, and never again.
     *
     * @param sources what to sample
     * @param publisher where samples go; called on sampling threads, does not block
     * @param subscribed whether somebody on this node is subscribed to a topic; called on the scheduler's thread for sources
     *     that are sampled only then, does not block
     * @param clock the time of samples that have none of their own
     * @param scheduler when to sample; closed with this
     * @param maxThreads how many sources may block at the same time without delaying others, at least 1
     * @param threadName how the names of the sampling threads begin
     * @throws IllegalArgumentException if an interval is not positive, or a source is there twice
     */
    public MetricSampler(
            Collection<? extends MetricSource> sources,
            Function<Publication, CompletionStage<Position>> publisher,
            Predicate<Topic> subscribed,
            InstantSource clock,
            TickScheduler scheduler,
            int maxThreads,
            String threadName) {
        if (maxThreads < 1) {
            throw new IllegalArgumentException("maxThreads must be at least 1: " + maxThreads);
        }
        this.subscribed = subscribed;
        this.scheduler = scheduler;
        this.threads = new SamplingThreads(threadName, maxThreads);
        Set<MetricSource> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (MetricSource source : sources) {
            if (!seen.add(source)) {
                throw new IllegalArgumentException("the same source of " + source.topic() + " was given twice");
            }
            schedules.add(new Schedule(source, new SourceSampler(source, publisher, clock, scheduler::nanoTime)));
        }
    }

    /**
     * A sampler in real time with {@value #DEFAULT_MAX_THREADS} threads at most.
     *
     * @param sources what to sample
     * @param publisher where samples go; called on sampling threads, does not block
     * @param subscribed whether somebody on this node is subscribed to a topic; does not block
     * @param threadName how the names of its threads begin
     * @throws IllegalArgumentException if an interval is not positive, or a source is there twice
     */
    public MetricSampler(
            Collection<? extends MetricSource> sources,
            Function<Publication, CompletionStage<Position>> publisher,
            Predicate<Topic> subscribed,
            String threadName) {
        this(
                sources,
                publisher,
                subscribed,
                InstantSource.system(),
                TickScheduler.onDaemonThread(threadName + "-scheduler"),
                DEFAULT_MAX_THREADS,
                threadName);
    }

    /**
     * Samples every source for the first time and goes on at their intervals. Does nothing after {@link #close}.
     *
     * @throws IllegalStateException if it was started before
     */
    public void start() {
        if (!started.compareAndSet(false, true)) {
            throw new IllegalStateException("a sampler is started once");
        }
        schedules.forEach(Schedule::start);
    }

    /**
     * How it fares.
     *
     * @return the counts now
     */
    public SamplerStats stats() {
        return SamplerStats.of(
                schedules.stream().map(schedule -> schedule.sampler.stats()).toList(), threads.delayed());
    }

    /** How many sources are being sampled or wait for a thread. */
    int busySources() {
        return (int)
                schedules.stream().filter(schedule -> schedule.sampler.isBusy()).count();
    }

    /**
     * Ends all sampling: no sample begins after this, none that is running is published, and those are interrupted and
     * waited for, {@link #CLOSE_TIMEOUT} at most. Idempotent; may be called by a source.
     */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            schedules.forEach(schedule -> schedule.sampler.stop());
            scheduler.close();
        }
        if (!threads.close(CLOSE_TIMEOUT)) {
            LOG.debug("a metric source is still busy; its thread is a daemon and is left alone");
        }
    }

    private static long intervalNanos(MetricSource source) {
        Duration interval = source.interval();
        if (interval.isNegative() || interval.isZero()) {
            throw new IllegalArgumentException("interval of " + source.topic() + " must be positive: " + interval);
        }
        if (interval.compareTo(MIN_INTERVAL) < 0) {
            return MIN_INTERVAL.toNanos();
        }
        return interval.compareTo(MAX_INTERVAL) > 0 ? MAX_INTERVAL.toNanos() : interval.toNanos();
    }

    /** The ticks of one source. After {@link #start} only the scheduler's thread is in here. */
    private final class Schedule implements Runnable {
        private final SourceSampler sampler;
        private final boolean onlyWhileSubscribed;
        private final FixedRate rate;

        Schedule(MetricSource source, SourceSampler sampler) {
            this.sampler = sampler;
            this.onlyWhileSubscribed = source.onlyWhileSubscribed();
            this.rate = new FixedRate(intervalNanos(source));
        }

        void start() {
            rate.start(scheduler.nanoTime());
            scheduler.schedule(this, 0);
        }

        @Override
        public void run() {
            if (closed.get()) {
                return;
            }
            // First of all, so that nothing below can end the schedule.
            scheduler.schedule(this, rate.advance(scheduler.nanoTime()));
            try {
                if (isWanted() && sampler.claim()) {
                    handOver();
                }
            } catch (RuntimeException | Error e) {
                sampler.failed("scheduling", e);
            }
        }

        private void handOver() {
            try {
                threads.execute(sampler::sample);
            } catch (RuntimeException | Error e) {
                // No thread could be started: without this the source would count as busy for ever.
                sampler.release();
                throw e;
            }
        }

        private boolean isWanted() {
            return !onlyWhileSubscribed || subscribed.test(sampler.topic());
        }
    }
}
