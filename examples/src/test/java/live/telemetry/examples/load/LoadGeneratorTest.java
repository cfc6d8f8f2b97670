package live.telemetry.examples.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoadGeneratorTest {

    private record Published(String topic, String json) {}

    private final List<Published> published = new CopyOnWriteArrayList<>();
    private final List<LoadGenerator> generators = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        generators.forEach(LoadGenerator::close);
    }

    @Test
    void publishesRecordsOfTheRightLengthToAllTopics() {
        LoadGenerator generator = start(new LoadPlan(3, 200, 100), this::publish);

        await().until(() -> published.size() >= 9);
        generator.close();

        assertThat(published).extracting(Published::topic).contains("load.0", "load.1", "load.2");
        assertThat(published).allSatisfy(each -> assertThat(each.json()).hasSize(100));
    }

    @Test
    void keepsToTheRate() {
        long before = System.nanoTime();
        LoadGenerator generator = start(new LoadPlan(1, 500, 40), this::publish);

        await().until(() -> published.size() >= 100);
        generator.close();
        double seconds = (System.nanoTime() - before) / 1e9;

        LoadStats stats = generator.stats();
        assertThat(stats.published()).isEqualTo(published.size());
        assertThat(stats.published()).isLessThanOrEqualTo((long) (seconds * 500) + 1);
        assertThat(stats.failed()).isZero();
    }

    @Test
    void publishesNothingAfterClose() {
        LoadGenerator generator = start(new LoadPlan(1, 1_000, 40), this::publish);
        await().until(() -> !published.isEmpty());

        generator.close();
        generator.close();

        int size = published.size();
        assertThat(generator.stats().published()).isEqualTo(size);
    }

    @Test
    void goesOnAfterFailuresAndCountsThem() {
        AtomicInteger calls = new AtomicInteger();
        LoadGenerator generator = start(new LoadPlan(1, 1_000, 40), (topic, json) -> switch (calls.incrementAndGet()) {
            case 1 -> throw new IllegalStateException("at once");
            case 2 -> CompletableFuture.failedFuture(new IllegalStateException("later"));
            default -> publish(topic, json);
        });

        await().until(() -> published.size() >= 5);

        assertThat(generator.stats().failed()).isEqualTo(2);
    }

    @Test
    void closeInterruptsALongWait() {
        LoadGenerator generator = start(new LoadPlan(1, 0.001, 40), this::publish);
        await().until(() -> published.size() == 1);

        long before = System.nanoTime();
        generator.close();

        assertThat(System.nanoTime() - before).isLessThan(1_000_000_000L);
    }

    private LoadGenerator start(LoadPlan plan, JsonPublisher publisher) {
        LoadGenerator generator = new LoadGenerator(plan, publisher);
        generators.add(generator);
        generator.start();
        return generator;
    }

    private CompletionStage<Integer> publish(String topic, String json) {
        published.add(new Published(topic, json));
        return CompletableFuture.completedFuture(published.size());
    }
}
