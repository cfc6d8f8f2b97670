package live.telemetry.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import live.telemetry.core.Broadcaster.State;
import live.telemetry.core.History.Continuity;
import live.telemetry.core.json.JsonData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LocalBroadcasterTest {

    private static final int THREADS = 8;

    private final RecordingSink sink = new RecordingSink();
    private final LocalBroadcaster broadcaster = new LocalBroadcaster();

    @Test
    void recordReachesTheSinkInThePublishingThreadBeforeTheStageCompletes() {
        broadcaster.start(sink);

        CompletionStage<Position> stage = broadcaster.publish(publication("host.cpu", "0.5"));

        Position position = now(stage);
        assertThat(position.seq()).isEqualTo(1);
        assertThat(sink.of("host.cpu")).extracting(TelemetryRecord::seq).containsExactly(1L);
        assertThat(sink.of("host.cpu").get(0).data()).isEqualTo(JsonData.parse("0.5"));
        assertThat(sink.epochs).containsExactly(Map.entry(Topic.of("host.cpu"), position.epoch()));
        assertThat(sink.threads.keySet()).containsExactly(Thread.currentThread());
    }

    /** Between the two, whoever looks would miss its birth. */
    @Test
    void topicIsNamedFromTheDeliveryOfItsFirstRecordOn() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        List<Future<Map<Topic, Position>>> looks = new ArrayList<>();
        broadcaster.start(new RecordingSink() {
            @Override
            public void onRecords(Topic topic, String epoch, List<TelemetryRecord> records) {
                super.onRecords(topic, epoch, records);
                for (String pattern : List.of("a", "*")) {
                    looks.add(other.submit(() -> now(broadcaster.topics(TopicPattern.of(pattern)))));
                }
                // Long enough for a look that does not wait.
                try {
                    looks.get(0).get(100, TimeUnit.MILLISECONDS);
                } catch (Exception e) {
                    // It waits.
                }
            }
        });
        try {
            seqOf(broadcaster, "a");
            for (Future<Map<Topic, Position>> look : looks) {
                assertThat(look.get()).containsOnlyKeys(Topic.of("a"));
            }
        } finally {
            other.shutdownNow();
        }
    }

    @Test
    void everyTopicCountsForItself() {
        broadcaster.start(sink);

        assertThat(seqOf(broadcaster, "a")).isEqualTo(1);
        assertThat(seqOf(broadcaster, "a")).isEqualTo(2);
        assertThat(seqOf(broadcaster, "b")).isEqualTo(1);
        assertThat(seqOf(broadcaster, "a")).isEqualTo(3);
    }

    @Test
    void everyInstanceHasAnEpochOfItsOwn() {
        LocalBroadcaster other = new LocalBroadcaster();
        broadcaster.start(sink);
        other.start(new RecordingSink());

        String epoch = now(broadcaster.publish(publication("a", "1"))).epoch();

        assertThat(Position.isEpoch(epoch)).isTrue();
        assertThat(now(other.publish(publication("a", "1"))).epoch()).isNotEqualTo(epoch);
    }

    @Test
    void numbersAreContiguousAndDeliveredInOrderWhateverTheThreads() throws Exception {
        int topics = 3;
        int rounds = 2_000;
        broadcaster.start(sink);

        List<List<Position>> byThread = inParallel(THREADS, thread -> {
            List<Position> positions = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                String topic = "t" + i % topics;
                String data = "{\"thread\":" + thread + ",\"i\":" + i + "}";
                positions.add(now(broadcaster.publish(publication(topic, data))));
            }
            return positions;
        });

        assertThat(sink.overlaps).as("calls for one topic that overlapped").isEmpty();
        int total = 0;
        for (int t = 0; t < topics; t++) {
            List<TelemetryRecord> records = sink.of("t" + t);
            assertThat(records).extracting(TelemetryRecord::seq).containsExactlyElementsOf(upTo(records.size()));
            assertThat(orderByThread(records))
                    .as("each thread's records are in its order")
                    .allSatisfy((thread, order) -> assertThat(order).isSorted());
            total += records.size();
        }
        assertThat(total).isEqualTo(THREADS * rounds);
        for (int t = 0; t < topics; t++) {
            int topic = t;
            List<Long> acknowledged = new ArrayList<>();
            byThread.forEach(positions -> {
                for (int i = topic; i < rounds; i += topics) {
                    acknowledged.add(positions.get(i).seq());
                }
            });
            assertThat(acknowledged).containsExactlyInAnyOrderElementsOf(upTo(acknowledged.size()));
        }
    }

    @Test
    void topicsBeyondTheBoundAreRefusedEvenInARace() throws Exception {
        int bound = 10;
        LocalBroadcaster bounded = new LocalBroadcaster(bound);
        bounded.start(sink);

        inParallel(THREADS, thread -> {
            for (int i = 0; i < 100; i++) {
                bounded.publish(publication("t" + (i + thread * 7) % 100, "1"));
            }
            return null;
        });

        assertThat(sink.records).hasSize(bound);
        assertThat(now(bounded.topics(TopicPattern.ALL))).hasSize(bound);
        assertFails(bounded.publish(publication("one.more", "1")), ErrorCode.TOO_MANY_TOPICS, "raise maxTopics");
        String known = sink.records.keySet().iterator().next().name();
        assertThat(seqOf(bounded, known)).as("a known topic goes on").isGreaterThan(1);
    }

    @Test
    void boundMustBePositive() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LocalBroadcaster(0))
                .withMessage("maxTopics must be at least 1: 0");
    }

    @Test
    void publishFailsBeforeStartAndAfterClose() {
        assertFails(broadcaster.publish(publication("a", "1")), ErrorCode.UNAVAILABLE, "not started");
        broadcaster.start(sink);
        assertThat(broadcaster.state()).isEqualTo(State.UP);

        broadcaster.close();
        broadcaster.close();

        assertFails(broadcaster.publish(publication("a", "1")), ErrorCode.UNAVAILABLE, "closed");
        assertThat(broadcaster.state()).isEqualTo(State.DOWN);
        assertThat(sink.records).isEmpty();
    }

    @Test
    void startsOnceOnly() {
        broadcaster.start(sink);

        assertThatIllegalStateException()
                .isThrownBy(() -> broadcaster.start(new RecordingSink()))
                .withMessageContaining("started once");
    }

    @Test
    void historyKnowsOnlyHowAPositionRelatesToTheHead() {
        broadcaster.start(sink);
        Position head = new Position(epochOf("a"), 3);
        seqOf(broadcaster, "a");
        seqOf(broadcaster, "a");

        assertHistory("a", head, Continuity.CONTINUES, head, 4);
        assertHistory("a", new Position(head.epoch(), 2), Continuity.EXPIRED, head, 4);
        assertHistory("a", new Position(head.epoch(), 0), Continuity.EXPIRED, head, 4);
        assertHistory("a", Position.NONE, Continuity.EXPIRED, head, 4);
        assertHistory("a", new Position(head.epoch(), 4), Continuity.ROLLED_BACK, head, 4);
        assertHistory("a", new Position("another", 3), Continuity.EPOCH_CHANGED, head, 4);
        assertHistory("a", new Position("another", 0), Continuity.EPOCH_CHANGED, head, 4);
    }

    @Test
    void historyOfATopicWithoutARecordBeginsAtOne() {
        broadcaster.start(sink);
        String epoch = epochOf("a");

        assertHistory("empty", Position.NONE, Continuity.CONTINUES, Position.NONE, 1);
        assertHistory("empty", new Position(epoch, 0), Continuity.CONTINUES, Position.NONE, 1);
        assertHistory("empty", new Position("another", 5), Continuity.EPOCH_CHANGED, Position.NONE, 1);
    }

    @Test
    void topicsAreThoseThatHaveARecordAndMatch() {
        broadcaster.start(sink);
        broadcaster.interest(TopicPattern.of("host.>"), true);
        String epoch = epochOf("host.cpu");
        seqOf(broadcaster, "host.cpu");
        seqOf(broadcaster, "app.orders");

        assertThat(now(broadcaster.topics(TopicPattern.of("host.>"))))
                .containsExactly(Map.entry(Topic.of("host.cpu"), new Position(epoch, 2)));
        assertThat(now(broadcaster.topics(TopicPattern.of("app.orders"))))
                .containsExactly(Map.entry(Topic.of("app.orders"), new Position(epoch, 1)));
        assertThat(now(broadcaster.topics(TopicPattern.ALL))).hasSize(2);
        assertThat(now(broadcaster.topics(TopicPattern.of("host.mem")))).isEmpty();
    }

    // ---- support

    private void assertHistory(String topic, Position after, Continuity continuity, Position head, long next) {
        assertThat(now(broadcaster.history(Topic.of(topic), after, 10)))
                .as("after %s", after)
                .isEqualTo(new History(continuity, head, next, List.of()));
    }

    private static void assertFails(CompletionStage<Position> stage, ErrorCode code, String message) {
        assertThatThrownBy(() -> stage.toCompletableFuture().join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        TelemetryException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    private String epochOf(String topic) {
        return now(broadcaster.publish(publication(topic, "1"))).epoch();
    }

    private static long seqOf(LocalBroadcaster broadcaster, String topic) {
        return now(broadcaster.publish(publication(topic, "1"))).seq();
    }

    private static Publication publication(String topic, String data) {
        return new Publication(Topic.of(topic), 1_795_507_200_123L, null, JsonData.parse(data));
    }

    private static <T> T now(CompletionStage<T> stage) {
        assertThat(stage.toCompletableFuture()).isDone();
        return stage.toCompletableFuture().join();
    }

    private static List<Long> upTo(int last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    private static Map<Integer, List<Integer>> orderByThread(List<TelemetryRecord> records) {
        Map<Integer, List<Integer>> order = new HashMap<>();
        for (TelemetryRecord record : records) {
            Map<?, ?> data = record.data().as(Map.class);
            int thread = ((Number) data.get("thread")).intValue();
            order.computeIfAbsent(thread, t -> new ArrayList<>()).add(((Number) data.get("i")).intValue());
        }
        return order;
    }

    private static <T> List<T> inParallel(int threads, Task<T> task) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            CyclicBarrier together = new CyclicBarrier(threads);
            List<Callable<T>> tasks = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int thread = i;
                tasks.add(() -> {
                    together.await();
                    return task.run(thread);
                });
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : executor.invokeAll(tasks, 20, TimeUnit.SECONDS)) {
                results.add(future.get());
            }
            return results;
        } finally {
            executor.shutdownNow();
        }
    }

    private interface Task<T> {
        T run(int thread) throws Exception;
    }

    /** Its lists are not synchronized on purpose: the broadcaster promises that calls for one topic follow one another. */
    private static class RecordingSink implements Broadcaster.Sink {
        final Map<Topic, List<TelemetryRecord>> records = new ConcurrentHashMap<>();
        final Map<Topic, String> epochs = new ConcurrentHashMap<>();
        final Map<Thread, Boolean> threads = new ConcurrentHashMap<>();
        final Map<Topic, Thread> inside = new ConcurrentHashMap<>();
        final Map<Topic, Boolean> overlaps = new ConcurrentHashMap<>();

        List<TelemetryRecord> of(String topic) {
            return records.getOrDefault(Topic.of(topic), List.of());
        }

        @Override
        public void onRecords(Topic topic, String epoch, List<TelemetryRecord> delivered) {
            if (inside.putIfAbsent(topic, Thread.currentThread()) != null) {
                overlaps.put(topic, true);
            }
            threads.put(Thread.currentThread(), true);
            epochs.put(topic, epoch);
            Thread.yield();
            records.computeIfAbsent(topic, t -> new ArrayList<>()).addAll(delivered);
            inside.remove(topic);
        }

        @Override
        public void onHead(Topic topic, Position head) {
            throw new AssertionError("a single node has no heads to tell");
        }

        @Override
        public void onEpochChange(Broadcaster.EpochChange change) {
            throw new AssertionError("the epoch of an instance does not change");
        }

        @Override
        public void onState(State state) {
            throw new AssertionError("a single node is up as long as it is open");
        }
    }
}
