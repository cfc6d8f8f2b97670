package live.telemetry.tck;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.History;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** The nodes and the ledger of one test of the contract. */
final class ContractRig implements AutoCloseable {

    private final BroadcasterCluster cluster;
    private final List<NodeModel> nodes = new ArrayList<>();
    private final Ledger ledger = new Ledger();

    ContractRig(BroadcasterCluster cluster) {
        this.cluster = cluster;
    }

    boolean can(Capability capability) {
        return cluster.capabilities().contains(capability);
    }

    BroadcasterCluster cluster() {
        return cluster;
    }

    Ledger ledger() {
        return ledger;
    }

    /** A started node that wants nothing yet, and is up. */
    NodeModel node() {
        NodeModel node = new NodeModel("node " + nodes.size(), Scheduler.realTime());
        nodes.add(node);
        node.start(cluster.newBroadcaster());
        await().until(() -> node.broadcaster().state() == Broadcaster.State.UP);
        return node;
    }

    /** As many nodes as asked for, or one where there cannot be more; they want everything. */
    List<NodeModel> nodes(int count) {
        List<NodeModel> started = new ArrayList<>();
        for (int i = 0; i < (can(Capability.SEVERAL_NODES) ? count : 1); i++) {
            NodeModel node = node();
            node.want(TopicPattern.ALL);
            started.add(node);
        }
        return started;
    }

    /** Publishes one after the other, without waiting in between, then waits for all. */
    List<Position> publish(NodeModel node, Topic topic, int count) {
        List<CompletableFuture<Position>> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            answers.add(ledger.publish(node.name() + topic, node.broadcaster(), topic)
                    .toCompletableFuture());
        }
        return answers.stream().map(this::get).toList();
    }

    <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture()
                .orTimeout(cluster.patience().toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    void assertFailsUnavailable(CompletionStage<?> stage) {
        CompletableFuture<?> answer = stage.toCompletableFuture();
        await().until(answer::isDone);
        assertThat(answer).isCompletedExceptionally();
        Throwable failure = answer.handle((value, thrown) -> thrown).join();
        Throwable cause = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
        assertThat(cause).isInstanceOf(TelemetryException.class);
        assertThat(((TelemetryException) cause).code()).isEqualTo(ErrorCode.UNAVAILABLE);
    }

    /** Waits until the invariant holds on these nodes, each of which wants everything that was published. */
    void assertConverge(List<NodeModel> converging) {
        await().untilAsserted(() -> {
            assertThat(ledger.pending()).as("publishes without an answer").isZero();
            for (NodeModel node : converging) {
                assertThat(ledger.problems(node, Ledger.NOTHING_LOST)).isEmpty();
            }
        });
        assertThat(ledger.positionProblems()).isEmpty();
    }

    History history(NodeModel node, Topic topic, Position after, int limit) {
        return get(node.broadcaster().history(topic, after, limit));
    }

    Map<Topic, Position> topics(NodeModel node, String pattern) {
        return get(node.broadcaster().topics(TopicPattern.of(pattern)));
    }

    static List<Long> numbers(History history) {
        return history.records().stream().map(TelemetryRecord::seq).toList();
    }

    static <T> T last(List<T> list) {
        return list.get(list.size() - 1);
    }

    ConditionFactory await() {
        return Awaitility.await().pollInterval(Duration.ofMillis(5)).atMost(cluster.patience());
    }

    @Override
    public void close() {
        nodes.forEach(NodeModel::stop);
        cluster.close();
    }
}
