package live.telemetry.server.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.MetricDescription;
import live.telemetry.core.MetricSource;
import live.telemetry.core.Position;
import live.telemetry.core.Publication;
import live.telemetry.core.Sample;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.Topic;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class MetricSamplerTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final long NOW = 1_795_507_200_123L;

    private final ManualScheduler scheduler = new ManualScheduler();
    private final List<Publication> published = new CopyOnWriteArrayList<>();
    private final CountDownLatch release = new CountDownLatch(1);
    private final List<MetricSampler> samplers = new ArrayList<>();

    @AfterEach
    void close() {
        release.countDown();
        samplers.forEach(MetricSampler::close);
    }

    @Test
    void samplesAtOnceAndThenAtEachInterval() {
        AtomicInteger count = new AtomicInteger();
        MetricSampler sampler = start(source("a", count::incrementAndGet));

        tick(sampler, Duration.ZERO);
        tick(sampler, SECOND);
        tick(sampler, SECOND);

        assertThat(published).extracting(each -> each.data().text()).containsExactly("1", "2", "3");
        assertThat(published).extracting(each -> each.topic().name()).containsOnly("a");
        assertThat(published).extracting(Publication::timestampMillis).containsOnly(NOW);
    }

    @Test
    void aDescriptionIsPublishedOnceUnderTheNameOfItsTopic() {
        MetricSampler sampler = start(source("a", () -> 1).describedAs(MetricDescription.titled("Orders")));

        tick(sampler, Duration.ZERO);
        tick(sampler, SECOND);

        assertThat(published)
                .extracting(each -> each.topic().name(), Publication::key)
                .containsExactly(tuple("telemetry.descriptions", "a"), tuple("a", null), tuple("a", null));
        assertThat(published.get(0).data().text()).contains("\"title\":\"Orders\"");
    }

    @Test
    void aDescriptionThatWasNotStoredIsPublishedAgain() {
        AtomicInteger attempts = new AtomicInteger();
        MetricSource described = source("a", () -> 1).describedAs(MetricDescription.titled("Orders"));
        MetricSampler sampler = start(
                publication -> {
                    if (publication.topic().equals(MetricDescription.TOPIC) && attempts.incrementAndGet() == 1) {
                        return CompletableFuture.failedFuture(new TelemetryException(ErrorCode.UNAVAILABLE, "away"));
                    }
                    return publish(publication);
                },
                topic -> true,
                8,
                described);

        tick(sampler, Duration.ZERO);
        tick(sampler, SECOND);
        tick(sampler, SECOND);

        assertThat(published)
                .extracting(each -> each.topic().name())
                .containsExactly("a", "telemetry.descriptions", "a", "a");
    }

    @Test
    void aDescriptionThatFailsKeepsNoSampleBack() {
        MetricSource broken = new MetricSource() {
            @Override
            public Topic topic() {
                return Topic.of("a");
            }

            @Override
            public Duration interval() {
                return SECOND;
            }

            @Override
            public Object sample() {
                return 1;
            }

            @Override
            public Optional<MetricDescription> description() {
                throw new IllegalStateException("no words");
            }
        };
        MetricSampler sampler = start(broken);

        tick(sampler, Duration.ZERO);

        assertThat(published).extracting(each -> each.topic().name()).containsExactly("a");
        assertThat(sampler.stats().failures()).isEqualTo(1);
    }

    @Test
    void eachSourceHasAnIntervalOfItsOwn() {
        MetricSampler sampler = start(
                MetricSource.of("often", Duration.ofMillis(100), () -> 1),
                MetricSource.of("seldom", Duration.ofSeconds(1), () -> 2));

        tick(sampler, Duration.ZERO);
        for (int i = 0; i < 10; i++) {
            tick(sampler, Duration.ofMillis(100));
        }

        assertThat(sampler.stats().sources())
                .extracting(SourceStats::topic, SourceStats::samples)
                .containsExactly(tuple(Topic.of("often"), 11L), tuple(Topic.of("seldom"), 2L));
    }

    @Test
    void noBurstAfterAPause() {
        MetricSampler sampler = start(source("a", () -> 1));
        tick(sampler, Duration.ZERO);

        scheduler.pause(Duration.ofMillis(10_500));
        tick(sampler, Duration.ZERO);
        assertThat(published).hasSize(2);
        tick(sampler, Duration.ofMillis(499));
        assertThat(published).hasSize(2);
        tick(sampler, Duration.ofMillis(1));

        assertThat(published).as("back on the grid").hasSize(3);
        assertThat(sampler.stats().skipped()).isZero();
    }

    @Test
    void nullPublishesNothing() {
        MetricSampler sampler = start(source("a", () -> null));

        tick(sampler, Duration.ZERO);

        assertThat(sampler.stats()).isEqualTo(stats(new SourceStats(Topic.of("a"), 1, 0, 0)));
        assertThat(published).isEmpty();
    }

    @Test
    void sampleGivesKeyAndTime() {
        MetricSampler sampler = start(source("a", () -> new Sample("eu", Map.of("n", 7), Instant.ofEpochMilli(42))));

        tick(sampler, Duration.ZERO);

        Publication only = published.get(0);
        assertThat(only.key()).isEqualTo("eu");
        assertThat(only.timestampMillis()).isEqualTo(42);
        assertThat(only.data().text()).isEqualTo("{\"n\":7}");
    }

    @Test
    void listOfSamplesBecomesOneRecordEach() {
        MetricSampler sampler =
                start(source("a", () -> List.of(Sample.of("x", 1), Sample.of("y", 2), new Sample(null, 3, null))));

        tick(sampler, Duration.ZERO);

        assertThat(published).extracting(Publication::key).containsExactly("x", "y", null);
        assertThat(published).extracting(Publication::timestampMillis).containsOnly(NOW);
    }

    @Test
    void otherListsAreOneRecord() {
        MetricSampler sampler = start(source("numbers", () -> List.of(1, 2)), source("empty", List::of));

        tick(sampler, Duration.ZERO);

        assertThat(published)
                .extracting(each -> each.topic() + " " + each.data().text())
                .containsExactlyInAnyOrder("numbers [1,2]", "empty []");
    }

    @Test
    void sourceThatThrowsIsCountedAndSampledAgain() {
        AtomicInteger calls = new AtomicInteger();
        MetricSampler sampler = start(source("a", () -> {
            if (calls.incrementAndGet() == 1) {
                throw new IOException("not now");
            }
            if (calls.get() == 2) {
                throw new AssertionError("an Error ends nothing either");
            }
            return calls.get();
        }));

        tick(sampler, Duration.ZERO);
        tick(sampler, SECOND);
        tick(sampler, SECOND);

        assertThat(published.get(0).data().text()).isEqualTo("3");
        assertThat(sampler.stats()).isEqualTo(stats(new SourceStats(Topic.of("a"), 1, 2, 0)));
    }

    @Test
    void valueThatCannotBeJsonIsAFailureAndKeepsNoOtherBack() {
        MetricSampler sampler =
                start(source("a", () -> List.of(Sample.of("bad", Double.NaN), Sample.of("", 1), Sample.of("good", 1))));

        tick(sampler, Duration.ZERO);

        assertThat(published).extracting(Publication::key).containsExactly("good");
        assertThat(sampler.stats()).isEqualTo(stats(new SourceStats(Topic.of("a"), 1, 2, 0)));
    }

    @Test
    void failuresToPublishAreCountedAndEndNothing() {
        AtomicInteger calls = new AtomicInteger();
        CompletableFuture<Position> later = new CompletableFuture<>();
        MetricSampler sampler = start(
                publication -> switch (calls.incrementAndGet()) {
                    case 1 -> throw new IllegalStateException("at once");
                    case 2 -> later;
                    default -> publish(publication);
                },
                topic -> true,
                4,
                source("a", () -> 1));

        tick(sampler, Duration.ZERO);
        tick(sampler, SECOND);
        tick(sampler, SECOND);
        later.completeExceptionally(new TelemetryException(ErrorCode.UNAVAILABLE, "later"));

        assertThat(published).hasSize(1);
        assertThat(sampler.stats()).isEqualTo(stats(new SourceStats(Topic.of("a"), 3, 2, 0)));
    }

    @Test
    void sourceThatIsNotDoneIsSkippedAndNeverSampledTwiceAtOnce() throws Exception {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch entered = new CountDownLatch(1);
        MetricSampler sampler = start(source("slow", () -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            entered.countDown();
            release.await();
            running.decrementAndGet();
            return 1;
        }));

        scheduler.advance(Duration.ZERO);
        assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
        scheduler.advance(Duration.ofSeconds(5));
        assertThat(sampler.stats().skipped()).isEqualTo(5);
        release.countDown();
        await().until(() -> sampler.busySources() == 0);
        tick(sampler, SECOND);

        assertThat(published).hasSize(2);
        assertThat(most).hasValue(1);
    }

    @Test
    void blockedSourceDelaysNoOther() {
        MetricSampler sampler = start(source("blocked", this::block), source("quick", () -> 1));

        for (int i = 1; i <= 3; i++) {
            int count = i;
            scheduler.advance(i == 1 ? Duration.ZERO : SECOND);
            await().until(() -> published.size() == count && sampler.busySources() == 1);
        }

        assertThat(published).extracting(each -> each.topic().name()).containsOnly("quick");
        assertThat(sampler.stats().delayed()).isZero();
    }

    @Test
    void atTheBoundOfThreadsSamplesWaitAndAreCounted() throws Exception {
        CountDownLatch entered = new CountDownLatch(2);
        Callable<Object> blocking = () -> {
            entered.countDown();
            return block();
        };
        MetricSampler sampler = start(
                this::publish,
                topic -> true,
                2,
                source("b1", blocking),
                source("b2", blocking),
                source("waiting", () -> "at last"));

        scheduler.advance(Duration.ZERO);
        assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
        scheduler.advance(Duration.ofSeconds(1));
        SamplerStats atBound = sampler.stats();
        release.countDown();
        await().until(() -> published.size() == 3);

        assertThat(atBound.samples()).isZero();
        assertThat(atBound.delayed()).isEqualTo(1);
        assertThat(atBound.skipped()).isEqualTo(3);
    }

    @Test
    void sourcesThatAskForItAreSampledOnlyWhileSubscribed() {
        AtomicBoolean subscribed = new AtomicBoolean();
        AtomicReference<Topic> asked = new AtomicReference<>();
        MetricSampler sampler = start(
                this::publish,
                topic -> {
                    asked.set(topic);
                    return subscribed.get();
                },
                4,
                source("dear", () -> 1).whileSubscribed());

        scheduler.advance(Duration.ofSeconds(3));
        assertThat(sampler.stats().samples()).isZero();
        subscribed.set(true);
        tick(sampler, SECOND);
        subscribed.set(false);
        scheduler.advance(Duration.ofSeconds(3));

        assertThat(asked).hasValue(Topic.of("dear"));
        assertThat(sampler.stats()).isEqualTo(stats(new SourceStats(Topic.of("dear"), 1, 0, 0)));
    }

    @Test
    void predicateThatThrowsEndsNoSchedule() {
        AtomicInteger calls = new AtomicInteger();
        MetricSampler sampler = start(
                this::publish,
                topic -> {
                    if (calls.incrementAndGet() == 1) {
                        throw new IllegalStateException("no idea");
                    }
                    return true;
                },
                4,
                source("a", () -> 1).whileSubscribed());

        tick(sampler, Duration.ZERO);
        tick(sampler, SECOND);

        assertThat(sampler.stats()).isEqualTo(stats(new SourceStats(Topic.of("a"), 1, 1, 0)));
    }

    @Test
    void closeInterruptsARunningSampleAndPublishesNothingMore() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        MetricSampler sampler = start(source("a", () -> {
            entered.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                interrupted.set(true);
            }
            return "too late";
        }));
        scheduler.advance(Duration.ZERO);
        assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();

        sampler.close();
        sampler.close();
        scheduler.advance(Duration.ofSeconds(5));

        assertThat(interrupted).isTrue();
        assertThat(published).isEmpty();
        assertThat(sampler.stats().failures()).isZero();
    }

    @Test
    void closeDoesNotWaitForeverForASourceThatIgnoresInterrupts() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        MetricSampler sampler = start(source("stubborn", () -> {
            entered.countDown();
            while (release.getCount() > 0) {
                Thread.onSpinWait();
            }
            return 1;
        }));
        scheduler.advance(Duration.ZERO);
        assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();

        long before = System.nanoTime();
        sampler.close();

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(MetricSampler.CLOSE_TIMEOUT.plusSeconds(5));
        release.countDown();
    }

    @Test
    void sourceMayCloseTheSamplerWithoutWaitingForItself() {
        AtomicReference<MetricSampler> self = new AtomicReference<>();
        CompletableFuture<Duration> took = new CompletableFuture<>();
        self.set(start(source("a", () -> {
            long before = System.nanoTime();
            self.get().close();
            took.complete(Duration.ofNanos(System.nanoTime() - before));
            return 1;
        })));

        scheduler.advance(Duration.ZERO);

        assertThat(took).succeedsWithin(Duration.ofSeconds(10));
        assertThat(took.join()).isLessThan(MetricSampler.CLOSE_TIMEOUT);
    }

    @Test
    void startAfterCloseDoesNothing() {
        MetricSampler sampler = sampler(this::publish, topic -> true, 4, source("a", () -> 1));

        sampler.close();
        sampler.start();
        scheduler.advance(Duration.ofSeconds(5));

        assertThat(sampler.stats().samples()).isZero();
        assertThatIllegalStateException().isThrownBy(sampler::start);
    }

    @Test
    void refusesWhatCannotBeScheduled() {
        MetricSource source = source("a", () -> 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sampler(this::publish, topic -> true, 4, source, source))
                .withMessageContaining("the same source of a was given twice");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sampler(this::publish, topic -> true, 4, new NoInterval()))
                .withMessageContaining("interval of broken must be positive: PT0S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sampler(this::publish, topic -> true, 0, source))
                .withMessageContaining("maxThreads must be at least 1: 0");
    }

    @Test
    void intervalsOutOfBoundsAreCutToThem() {
        MetricSampler sampler = start(
                MetricSource.of("often", Duration.ofNanos(1), () -> 1),
                MetricSource.of("never", Duration.ofSeconds(Long.MAX_VALUE), () -> 1));

        tick(sampler, Duration.ZERO);
        tick(sampler, Duration.ofMillis(1));

        assertThat(sampler.stats().sources()).extracting(SourceStats::samples).containsExactly(2L, 1L);
    }

    @Test
    void samplesInRealTime() {
        MetricSampler sampler = new MetricSampler(
                List.of(MetricSource.of("a", Duration.ofMillis(5), () -> 1)),
                this::publish,
                topic -> true,
                "telemetry-test-sampling");
        samplers.add(sampler);

        sampler.start();

        await().until(() -> published.size() >= 3);
        assertThat(published.get(0).timestampMillis()).isGreaterThan(1_600_000_000_000L);
    }

    private MetricSampler start(MetricSource... sources) {
        return start(this::publish, topic -> true, 8, sources);
    }

    private MetricSampler start(
            Function<Publication, CompletionStage<Position>> publisher,
            Predicate<Topic> subscribed,
            int maxThreads,
            MetricSource... sources) {
        MetricSampler sampler = sampler(publisher, subscribed, maxThreads, sources);
        sampler.start();
        return sampler;
    }

    private MetricSampler sampler(
            Function<Publication, CompletionStage<Position>> publisher,
            Predicate<Topic> subscribed,
            int maxThreads,
            MetricSource... sources) {
        MetricSampler sampler = new MetricSampler(
                List.of(sources),
                publisher,
                subscribed,
                InstantSource.fixed(Instant.ofEpochMilli(NOW)),
                scheduler,
                maxThreads,
                "telemetry-test-sampling");
        samplers.add(sampler);
        return sampler;
    }

    private CompletionStage<Position> publish(Publication publication) {
        published.add(publication);
        return CompletableFuture.completedFuture(new Position("e", published.size()));
    }

    private static MetricSource source(String topic, Callable<?> sampler) {
        return MetricSource.of(topic, SECOND, sampler);
    }

    private Object block() throws InterruptedException {
        release.await();
        return "released";
    }

    /** Goes forward, to the next tick at most, and waits until every sample that began is done. */
    private void tick(MetricSampler sampler, Duration by) {
        scheduler.advance(by);
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2)).until(() -> sampler.busySources() == 0);
    }

    private static SamplerStats stats(SourceStats only) {
        return SamplerStats.of(List.of(only), 0);
    }

    private record NoInterval(Topic topic, Duration interval) implements MetricSource {
        NoInterval() {
            this(Topic.of("broken"), Duration.ZERO);
        }

        @Override
        public Object sample() {
            return 1;
        }
    }
}
