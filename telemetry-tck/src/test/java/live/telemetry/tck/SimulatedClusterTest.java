package live.telemetry.tck;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import live.telemetry.core.Broadcaster.State;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.History;
import live.telemetry.core.History.Continuity;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.GapReason;
import org.junit.jupiter.api.Test;

class SimulatedClusterTest {

    private static final Topic CPU = Topic.of("host.cpu");

    private final SimulatedCluster cluster = new SimulatedCluster(7);
    private final Ledger ledger = new Ledger();
    private final NodeModel node = start("a");

    @Test
    void lostLastRecordIsRepairedByTheNextHead() {
        publish(3);
        cluster.turbulence(Turbulence.CALM.withLoss(1));
        publish(1);
        assertThat(node.log(CPU).position().seq()).isEqualTo(3);
        cluster.turbulence(Turbulence.CALM);
        run(1500);
        assertThat(node.log(CPU).position()).isEqualTo(cluster.head(CPU));
    }

    @Test
    void withoutLossNoHistoryIsRead() {
        run(10);
        publish(200);
        assertThat(node.log(CPU).received()).hasSize(200);
        assertThat(cluster.historyCalls()).isZero();
    }

    @Test
    void cleanFailoverContinuesInANewEpoch() {
        publish(5);
        Position before = cluster.head(CPU);
        cluster.failOver();
        publish(1);
        assertThat(node.log(CPU).losses()).isEmpty();
        assertThat(node.log(CPU).position()).isEqualTo(cluster.head(CPU));
        assertThat(cluster.head(CPU).seq()).isEqualTo(6);
        History history = history(before);
        assertThat(history.continuity()).isEqualTo(Continuity.CONTINUES);
        assertThat(history.next()).isEqualTo(6);
        assertThat(history.head().epoch()).isNotEqualTo(before.epoch());
    }

    @Test
    void laggingFailoverRollsBackWhoIsAboveTheCut() {
        publish(5);
        String epoch = cluster.head(CPU).epoch();
        cluster.failOverLosing(2);
        publish(4);
        String next = cluster.head(CPU).epoch();
        assertThat(node.log(CPU).losses())
                .containsExactly(new LogEntry.Lost(GapReason.ROLLED_BACK, epoch, 4, 5, next, 4));
        assertThat(node.log(CPU).valid()).isEqualTo(cluster.stored(CPU));
        assertThat(cluster.lost(CPU, new Position(epoch, 3))).isFalse();
        assertThat(cluster.lost(CPU, new Position(epoch, 4))).isTrue();
        assertThat(history(new Position(epoch, 3)).continuity()).isEqualTo(Continuity.CONTINUES);
        assertThat(history(new Position(epoch, 5)).continuity()).isEqualTo(Continuity.ROLLED_BACK);
        assertThat(history(new Position(epoch, 5)).next()).isEqualTo(4);
    }

    @Test
    void rollbackBehindRetentionIsToldInTwoSteps() {
        publish(5);
        String epoch = cluster.head(CPU).epoch();
        cluster.failOverLosing(2);
        publish(4);
        cluster.retainRecords(1);
        History rolledBack = history(new Position(epoch, 5));
        assertThat(rolledBack).isEqualTo(new History(Continuity.ROLLED_BACK, cluster.head(CPU), 4, List.of()));
        History expired = history(new Position(cluster.head(CPU).epoch(), 3));
        assertThat(expired.continuity()).isEqualTo(Continuity.EXPIRED);
        assertThat(expired.next()).isEqualTo(7);
    }

    @Test
    void historyLossBeginsAnewFromOne() {
        publish(5);
        Position before = cluster.head(CPU);
        cluster.loseHistory();
        run(10);
        assertThat(history(before)).isEqualTo(new History(Continuity.EPOCH_CHANGED, Position.NONE, 1, List.of()));
        publish(2);
        assertThat(node.log(CPU).losses()).extracting(LogEntry.Lost::reason).containsExactly(GapReason.EPOCH_CHANGED);
        assertThat(node.log(CPU).valid()).isEqualTo(cluster.stored(CPU)).hasSize(2);
    }

    @Test
    void retentionExpiresWhatALateNodeDidNotRead() {
        publish(20);
        cluster.retainRecords(5);
        NodeModel late = start("late");
        run(2000);
        String epoch = cluster.head(CPU).epoch();
        assertThat(late.log(CPU).losses())
                .containsExactly(new LogEntry.Lost(GapReason.EXPIRED, epoch, 1, 15, epoch, 16));
        assertThat(late.log(CPU).valid()).isEqualTo(cluster.stored(CPU)).hasSize(5);
    }

    @Test
    void shortOutageDelaysPublishesAndLongOneFailsThem() {
        publish(1);
        cluster.cutStore();
        CompletionStage<Position> publish = ledger.publish("p", node.broadcaster(), CPU);
        run(1000);
        assertThat(node.broadcaster().state()).isEqualTo(State.DEGRADED);
        cluster.restoreStore();
        run(1000);
        assertThat(publish.toCompletableFuture()).isCompleted();
        cluster.cutStore();
        CompletionStage<Position> failing = ledger.publish("p", node.broadcaster(), CPU);
        run(6000);
        assertUnavailable(failing);
        assertThat(node.broadcaster().state()).isEqualTo(State.DOWN);
        assertUnavailable(node.broadcaster().history(CPU, Position.NONE, 10));
        assertUnavailable(node.broadcaster().topics(TopicPattern.ALL));
        cluster.restoreStore();
        run(100);
        assertThat(node.states())
                .containsExactly(State.UP, State.DEGRADED, State.UP, State.DEGRADED, State.DOWN, State.UP);
        assertThat(cluster.stored(CPU)).hasSize(2);
    }

    @Test
    void cutNodeFallsBehindAloneAndCatchesUp() {
        NodeModel other = start("b");
        run(10);
        cluster.cutNode(other.broadcaster());
        publish(5);
        assertThat(other.log(CPU).received()).isEmpty();
        assertThat(other.broadcaster().state()).isEqualTo(State.DEGRADED);
        cluster.restoreNode(other.broadcaster());
        run(500);
        assertThat(other.log(CPU).received()).hasSize(5);
    }

    @Test
    void fullBufferRefusesAtOnce() {
        cluster.publishBuffer(3);
        cluster.cutStore();
        for (int i = 0; i < 3; i++) {
            assertThat(ledger.publish("p", node.broadcaster(), CPU).toCompletableFuture())
                    .isNotDone();
        }
        assertUnavailable(ledger.publish("p", node.broadcaster(), CPU));
        cluster.restoreStore();
        run(100);
        assertThat(cluster.stored(CPU)).hasSize(3);
        assertThat(ledger.publish("p", node.broadcaster(), CPU).toCompletableFuture())
                .isNotDone();
    }

    @Test
    void answerThatIsCutOffIsNotStoredTwice() {
        run(10);
        cluster.turbulence(Turbulence.CALM.withPublishLag(Duration.ofMillis(10)));
        CompletionStage<Position> publish = ledger.publish("p", node.broadcaster(), CPU);
        run(15);
        assertThat(cluster.stored(CPU)).hasSize(1);
        cluster.cutStore();
        run(100);
        assertThat(publish.toCompletableFuture()).isNotDone();
        cluster.restoreStore();
        run(100);
        assertThat(publish.toCompletableFuture()).isCompletedWithValue(cluster.head(CPU));
        assertThat(cluster.stored(CPU)).hasSize(1);
    }

    @Test
    void historyIsPagedAndSlow() {
        publish(20);
        cluster.turbulence(Turbulence.CALM.withHistory(Duration.ofMillis(400), 3, 0));
        CompletableFuture<History> answer =
                node.broadcaster().history(CPU, Position.NONE, 10).toCompletableFuture();
        run(390);
        assertThat(answer).isNotDone();
        run(500);
        assertThat(answer.join().records()).hasSize(3);
    }

    @Test
    void unwantedTopicsAreNotDelivered() {
        node.unwant(TopicPattern.ALL);
        publish(3);
        run(5000);
        assertThat(node.log(CPU).received()).isEmpty();
        assertThat(topics()).containsKey(CPU);
    }

    private NodeModel start(String name) {
        NodeModel started = new NodeModel(name, cluster.time());
        started.start(cluster.newBroadcaster());
        started.want(TopicPattern.ALL);
        return started;
    }

    private void publish(int count) {
        for (int i = 0; i < count; i++) {
            ledger.publish("p", node.broadcaster(), CPU);
        }
        run(100);
        assertThat(ledger.pending()).isZero();
    }

    private void run(long millis) {
        cluster.run(Duration.ofMillis(millis));
    }

    private History history(Position after) {
        return answer(node.broadcaster().history(CPU, after, 100));
    }

    private Map<Topic, Position> topics() {
        return answer(node.broadcaster().topics(TopicPattern.ALL));
    }

    private <T> T answer(CompletionStage<T> stage) {
        run(50);
        assertThat(stage.toCompletableFuture()).isDone();
        return stage.toCompletableFuture().join();
    }

    private void assertUnavailable(CompletionStage<?> stage) {
        run(50);
        assertThat(stage.toCompletableFuture()).isCompletedExceptionally();
        assertThat(stage.toCompletableFuture()
                        .handle((value, failure) -> failure)
                        .join())
                .isInstanceOfSatisfying(
                        TelemetryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }
}
