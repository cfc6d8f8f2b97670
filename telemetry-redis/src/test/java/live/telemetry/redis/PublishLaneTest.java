package live.telemetry.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.HostAndPort;

class PublishLaneTest {

    private static final Topic TOPIC = Topic.of("a");

    private static final HostAndPort MASTER = new HostAndPort("a", 1);
    private static final HostAndPort OTHER = new HostAndPort("b", 1);

    private final PublishLane lane = new PublishLane(new Partition(0, "{t}", "c"));

    @BeforeEach
    void atMaster() {
        lane.master(MASTER, 0);
    }

    private static PendingPublish publish(int bytes, long deadline) {
        return new PendingPublish(TOPIC, null, new byte[bytes], deadline, new CompletableFuture<>());
    }

    private static void fail(PendingPublish publish) {
        publish.answer().completeExceptionally(new IllegalStateException());
    }

    private PublishBatch next(long now) {
        PublishBatch batch = lane.next(now, MASTER);
        assertThat(batch).isNotNull();
        return batch;
    }

    @Test
    void batchHasWhatWaited() {
        assertThat(lane.next(0, MASTER)).isNull();
        lane.add(publish(1, 9));
        lane.add(publish(1, 9));
        assertThat(next(0).size()).isEqualTo(2);
    }

    @Test
    void oneBatchIsUnderWayUntilItIsStored() {
        lane.add(publish(1, 9));
        PublishBatch first = next(0);
        lane.add(publish(1, 9));
        assertThat(lane.next(1, MASTER)).isNull();
        lane.tryAgain(1);
        assertThat(lane.next(1, MASTER)).isSameAs(first);
        lane.stored();
        assertThat(next(1)).isNotSameAs(first);
    }

    @Test
    void batchIsSentAgainWhenItsTimeHasCome() {
        lane.add(publish(1, 9));
        PublishBatch batch = next(0);
        assertThat(lane.sendingAgain()).isFalse();
        lane.tryAgain(50);
        assertThat(lane.next(49, MASTER)).isNull();
        assertThat(lane.nextAttemptNanos(MASTER)).isEqualTo(50);
        assertThat(lane.next(50, MASTER)).isSameAs(batch);
        assertThat(lane.sendingAgain()).isTrue();
    }

    @Test
    void batchIsBoundedByRecordsAndBytes() {
        for (int i = 0; i < PublishBatch.MAX_RECORDS + 1; i++) {
            lane.add(publish(1, 9));
        }
        assertThat(next(0).size()).isEqualTo(PublishBatch.MAX_RECORDS);
        lane.stored();
        lane.add(publish(PublishBatch.MAX_BYTES - 1, 9));
        lane.add(publish(1, 9));
        assertThat(next(0).size()).isEqualTo(2);
        lane.stored();
        assertThat(next(0).size()).isEqualTo(1);
    }

    @Test
    void recordLargerThanABatchGoesAlone() {
        lane.add(publish(PublishBatch.MAX_BYTES * 2, 9));
        lane.add(publish(1, 9));
        assertThat(next(0).size()).isEqualTo(1);
    }

    @Test
    void whatHasFailedIsNotSent() {
        PendingPublish failed = publish(1, 9);
        lane.add(failed);
        fail(failed);
        assertThat(lane.next(0, MASTER)).isNull();
    }

    @Test
    void batchIsGivenUpOnlyWhenAllOfItHasFailed() {
        PendingPublish one = publish(1, 5);
        PendingPublish other = publish(1, 6);
        lane.add(one);
        lane.add(other);
        PublishBatch batch = next(0);
        assertThat(lane.expired(5)).containsExactly(one);
        fail(one);
        lane.tryAgain(5);
        assertThat(lane.next(5, MASTER)).isSameAs(batch);
        lane.tryAgain(6);
        fail(other);
        assertThat(lane.next(6, MASTER)).isNull();
    }

    @Test
    void expiredPublishesLeaveTheQueue() {
        PendingPublish first = publish(1, 5);
        PendingPublish second = publish(1, 7);
        lane.add(first);
        lane.add(second);
        assertThat(lane.expired(4)).isEmpty();
        assertThat(lane.expired(5)).containsExactly(first);
        assertThat(lane.expired(6)).isEmpty();
        assertThat(lane.drain()).containsExactly(second);
    }

    @Test
    void positionsAreReadInTheOrderOfTopics() {
        Topic other = Topic.of("b");
        PublishBatch batch = new PublishBatch(1);
        for (Topic topic : List.of(TOPIC, other, TOPIC)) {
            batch.add(new PendingPublish(topic, null, new byte[1], 9, new CompletableFuture<>()));
        }
        assertThat(batch.publishes()).extracting(PendingPublish::topic).containsExactly(TOPIC, TOPIC, other);
        assertThat(batch.positions("e1 7 - 0"))
                .containsExactly(new Position("e1", 7), new Position("e1", 8), Position.NONE);
    }

    @Test
    void batchGoesOnWithItsNumberAtTheNextMaster() {
        lane.add(publish(1, 9));
        PublishBatch batch = next(0);
        lane.master(OTHER, 1);
        assertThat(lane.next(1, OTHER)).as("still under way at the one before").isNull();
        lane.tryAgain(50);
        assertThat(lane.next(50, MASTER)).isNull();
        assertThat(lane.next(50, OTHER)).isSameAs(batch);
    }

    @Test
    void pauseEndsWhenThePartitionHasAnotherMaster() {
        lane.add(publish(1, 9));
        PublishBatch batch = next(0);
        lane.tryAgain(50);
        lane.master(OTHER, 1);
        assertThat(lane.next(1, OTHER)).isSameAs(batch);
    }

    @Test
    void onlyOneAttemptGoesWhereTheSlotIsBeingMoved() {
        lane.add(publish(1, 9));
        PublishBatch batch = next(0);
        lane.askAt(OTHER, 1);
        assertThat(lane.next(1, MASTER)).isNull();
        assertThat(lane.next(1, OTHER)).isSameAs(batch);
        assertThat(lane.isAsking()).isTrue();
        lane.tryAgain(2);
        assertThat(lane.next(2, OTHER)).isNull();
        assertThat(lane.next(2, MASTER)).isSameAs(batch);
        assertThat(lane.isAsking()).isFalse();
    }

    @Test
    void nothingIsSentWhileNoMasterIsKnown() {
        lane.master(null, 0);
        lane.add(publish(1, 9));
        assertThat(lane.next(0, MASTER)).isNull();
    }
}
