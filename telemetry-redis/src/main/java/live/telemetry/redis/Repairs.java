package live.telemetry.redis;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Predicate;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import org.jspecify.annotations.Nullable;

/** Reads what topics miss, a bounded number at a time. The feed thread's; answers are brought back to it. */
final class Repairs {

    static final int MAX_AT_A_TIME = 64;

    private final BiFunction<Topic, Position, CompletableFuture<Recovered>> store;
    private final Consumer<Runnable> feedThread;
    private final Consumer<Runnable> later;
    private final Predicate<TopicFeed> stillWanted;
    private final TopicFeed.Output output;
    private final RedisCounters counters;
    private final Queue<TopicFeed> waiting = new ArrayDeque<>();
    private int underWay;

    Repairs(
            BiFunction<Topic, Position, CompletableFuture<Recovered>> store,
            Consumer<Runnable> feedThread,
            Consumer<Runnable> later,
            Predicate<TopicFeed> stillWanted,
            TopicFeed.Output output,
            RedisCounters counters) {
        this.store = store;
        this.feedThread = feedThread;
        this.later = later;
        this.stillWanted = stillWanted;
        this.output = output;
        this.counters = counters;
    }

    void repair(TopicFeed feed) {
        waiting.add(feed);
        next();
    }

    private void next() {
        while (underWay < MAX_AT_A_TIME && !waiting.isEmpty()) {
            TopicFeed feed = waiting.remove();
            if (feed.isRepairing() && stillWanted.test(feed)) {
                underWay++;
                ask(feed);
            }
        }
    }

    private void ask(TopicFeed feed) {
        Position after = feed.position();
        counters.repairs.increment();
        store.apply(feed.topic(), after)
                .whenComplete((recovered, error) -> feedThread.accept(() -> answered(feed, after, recovered)));
    }

    private void answered(TopicFeed feed, Position after, @Nullable Recovered recovered) {
        underWay--;
        if (recovered != null) {
            feed.recovered(after, recovered, output);
        } else {
            later.accept(() -> repair(feed));
        }
        next();
    }
}
