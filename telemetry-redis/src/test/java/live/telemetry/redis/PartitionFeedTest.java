package live.telemetry.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PartitionFeedTest {

    private static final Map<Topic, Position> SOME = Map.of(Topic.of("a"), new Position("e", 1));

    private final Store store = new Store();
    private final RedisCounters counters = new RedisCounters();
    private final PartitionFeed feed = new PartitionFeed(new Partition(0, "{t}", "c"), store, counters);

    private void subscribeAt(long counter) {
        store.counter = counter;
        feed.acknowledged(this);
        store.answer();
        store.asked.clear();
    }

    @Test
    void headsAreComparedAfterTheAcknowledgementAndNotBefore() {
        feed.tellHeads();
        assertThat(store.asked).isEmpty();
        feed.acknowledged(this);
        assertThat(store.asked).containsExactly("counter", "all");
        store.answer();
        assertThat(store.found).containsExactly(SOME);
    }

    @Test
    void requestsThatComeWhileOneIsReadAreReadTogether() {
        subscribeAt(0);
        feed.tellHead(Topic.of("a"));
        feed.tellHead(Topic.of("b"));
        feed.tellHead(Topic.of("c"));
        assertThat(store.asked).containsExactly("[a]");
        store.answer();
        assertThat(store.asked).hasSize(2).last().asString().contains("b", "c");
    }

    @Test
    void whatCouldNotBeReadIsReadAgain() {
        feed.acknowledged(this);
        store.fail();
        assertThat(store.asked).containsExactly("counter", "all");
        store.later();
        assertThat(store.asked).containsExactly("counter", "all", "counter", "all");
    }

    @Test
    void answerForAnEarlierSubscriptionIsThrownAway() {
        feed.acknowledged(this);
        feed.disconnected();
        store.answer();
        assertThat(store.found).isEmpty();
        feed.acknowledged(this);
        store.answer();
        assertThat(store.found).containsExactly(SOME);
    }

    @Test
    void messagesInOrderMakeNoWork() {
        subscribeAt(10);
        feed.counted(11);
        feed.counted(12);
        assertThat(store.asked).isEmpty();
    }

    @Test
    void messageThatIsMissingMakesHeadsCompared() {
        subscribeAt(10);
        feed.counted(11);
        feed.counted(13);
        assertThat(store.asked).containsExactly("counter", "all");
    }

    @Test
    void messagesThatWereOnTheirWayWhenTheCounterWasReadAreNotMissing() {
        subscribeAt(10);
        feed.counted(8);
        feed.counted(9);
        feed.counted(10);
        feed.counted(11);
        assertThat(store.asked).isEmpty();
    }

    @Test
    void counterThatBeginsAnewMakesHeadsCompared() {
        subscribeAt(10);
        feed.counted(11);
        feed.counted(1);
        feed.counted(2);
        assertThat(store.asked).containsExactly("counter", "all");
    }

    @Test
    void lastMessageThatIsLostIsFoundAtTheSecondLook() {
        subscribeAt(10);
        feed.counted(11);
        store.counter = 12;
        feed.checkTail();
        store.answer();
        assertThat(counters.lostTails.sum()).isZero();
        store.later();
        store.answer();
        assertThat(counters.lostTails.sum()).isEqualTo(1);
        assertThat(store.asked).endsWith("counter", "all");
    }

    @Test
    void messageThatComesBetweenTheLooksIsNotLost() {
        subscribeAt(10);
        feed.counted(11);
        store.counter = 12;
        feed.checkTail();
        store.answer();
        feed.counted(12);
        store.later();
        store.answer();
        assertThat(counters.lostTails.sum()).isZero();
    }

    @Test
    void interestLingers() {
        assertThat(feed.acquire()).isTrue();
        assertThat(feed.acquire()).isFalse();
        feed.release(100);
        assertThat(feed.hasLingered(1_000, 50)).isFalse();
        feed.release(1_000);
        assertThat(feed.hasLingered(1_049, 50)).isFalse();
        assertThat(feed.hasLingered(1_050, 50)).isTrue();
        feed.acquire();
        assertThat(feed.hasLingered(2_000, 50)).isFalse();
    }

    /** Answers when it is told to. */
    private static final class Store implements PartitionFeed.Heads {
        private final List<String> asked = new ArrayList<>();
        private final List<Map<Topic, Position>> found = new ArrayList<>();
        private final Queue<Runnable> answers = new ArrayDeque<>();
        private final Queue<Runnable> failures = new ArrayDeque<>();
        private final Queue<Runnable> later = new ArrayDeque<>();
        private long counter;

        void answer() {
            drain(answers);
        }

        void fail() {
            drain(failures);
        }

        void later() {
            drain(later);
        }

        private static void drain(Queue<Runnable> queue) {
            List<Runnable> due = new ArrayList<>(queue);
            queue.clear();
            due.forEach(Runnable::run);
        }

        private <T> CompletableFuture<T> answered(T value) {
            CompletableFuture<T> future = new CompletableFuture<>();
            answers.add(() -> future.complete(value));
            failures.add(() -> future.completeExceptionally(new IllegalStateException("away")));
            return future;
        }

        @Override
        public CompletableFuture<Map<Topic, Position>> read(Partition partition, @Nullable List<Topic> topics) {
            asked.add(topics == null ? "all" : topics.toString());
            return answered(SOME);
        }

        @Override
        public CompletableFuture<Long> counter(Partition partition) {
            asked.add("counter");
            return answered(counter);
        }

        @Override
        public void post(Runnable task) {
            task.run();
        }

        @Override
        public void later(Runnable task) {
            later.add(task);
        }

        @Override
        public void found(Map<Topic, Position> heads) {
            found.add(heads);
        }
    }
}
