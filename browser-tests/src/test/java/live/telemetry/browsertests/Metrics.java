package live.telemetry.browsertests;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import live.telemetry.core.MetricDescription;
import live.telemetry.core.MetricSource;
import live.telemetry.core.Sample;

/** Metrics of a shop that does not exist. */
final class Metrics {

    static final Duration OFTEN = Duration.ofMillis(100);

    private Metrics() {}

    private record Orders(long open, double takenPerSecond, String state) {}

    private record Queue(long length, long ageMillis) {}

    /** {@code shop.orders}: two numbers of different units, and a text. */
    static MetricSource orders() {
        AtomicLong count = new AtomicLong();
        return MetricSource.of("shop.orders", OFTEN, () -> new Orders(10 + count.incrementAndGet() % 7, 2.5, "busy"));
    }

    /** {@code shop.queues}: the length and age of three queues, by key. */
    static MetricSource queues() {
        AtomicLong count = new AtomicLong();
        return MetricSource.of("shop.queues", OFTEN, () -> {
            long now = count.incrementAndGet();
            return List.of(
                    Sample.of("mail", new Queue(3 + now % 5, 1_500)),
                    Sample.of("print", new Queue(20 - now % 9, 300)),
                    Sample.of("pack", new Queue(8, 20)));
        });
    }

    static MetricSource described() {
        return MetricSource.of("shop.till", OFTEN, () -> Map.of("a", 5, "b", 1 << 20))
                .describedAs(MetricDescription.titled("Takings")
                        .withGroup("Money")
                        .withOrder(-1)
                        .withField("b", "stored", "bytes")
                        .withField("a", "taken", "EUR"));
    }

    /** So many topics that change each at their own pace. */
    static List<MetricSource> many(int topics) {
        List<MetricSource> sources = new ArrayList<>();
        for (int i = 0; i < topics; i++) {
            int number = i;
            sources.add(MetricSource.of("line." + i, Duration.ofMillis(500), () -> wave(number)));
        }
        return sources;
    }

    private static double wave(int number) {
        double seconds = System.nanoTime() / 1e9;
        return Math.round(1_000 * (50 + 40 * Math.sin(seconds / (2 + number % 7) + number))) / 1_000.0;
    }

    /** {@code past.wave}: once a second over this span up to now, and then no more. */
    static MetricSource past(Duration span) {
        AtomicLong calls = new AtomicLong();
        return MetricSource.of("past.wave", OFTEN, () -> {
            if (calls.getAndIncrement() > 0) {
                return null;
            }
            List<Sample> samples = new ArrayList<>();
            Instant now = Instant.now();
            for (long back = span.toSeconds(); back >= 0; back--) {
                samples.add(new Sample(null, Math.sin(back / 60.0), now.minusSeconds(back)));
            }
            return samples;
        });
    }
}
