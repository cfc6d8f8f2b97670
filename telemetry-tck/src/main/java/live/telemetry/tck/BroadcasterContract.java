package live.telemetry.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.LongStream;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.Position;
import live.telemetry.core.Publication;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.json.JsonData;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Broadcaster} must pass: extend this, and give it a fresh cluster for each test. It judges only what the
 * Javadoc of {@code Broadcaster} promises, in real time, while nothing fails but what {@link Capability#OUTAGE} lets it cut.
 */
public abstract class BroadcasterContract extends HistoryContract {

    private static final Topic CPU = Topic.of("host.cpu");
    private static final Topic DISK = Topic.of("host.disk");
    private static final Topic ORDERS = Topic.of("app.orders");

    /** For the subclass. */
    protected BroadcasterContract() {}

    // Positions

    @Test
    void positionsOfATopicAreContiguousFromOne() {
        NodeModel node = rig.node();
        List<Position> cpu = rig.publish(node, CPU, 50);
        List<Position> disk = rig.publish(node, DISK, 3);
        assertThat(cpu)
                .extracting(Position::seq)
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 50).boxed().toList());
        assertThat(cpu).extracting(Position::epoch).containsOnly(cpu.get(0).epoch());
        assertThat(cpu.get(0).epoch()).isNotEmpty();
        assertThat(disk).extracting(Position::seq).containsExactly(1L, 2L, 3L);
    }

    @Test
    void nodesShareOneLineOfNumbers() {
        List<NodeModel> nodes = rig.nodes(3);
        List<Position> positions = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            positions.addAll(rig.publish(nodes.get(i % nodes.size()), CPU, 1));
        }
        assertThat(positions)
                .extracting(Position::seq)
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 12).boxed().toList());
        assertThat(positions)
                .extracting(Position::epoch)
                .containsOnly(positions.get(0).epoch());
    }

    // Delivery

    @Test
    void everyAcknowledgedRecordReachesEveryNodeOnce() {
        List<NodeModel> nodes = rig.nodes(3);
        for (NodeModel node : nodes) {
            rig.publish(node, CPU, 20);
            rig.publish(node, ORDERS, 5);
        }
        rig.assertConverge(nodes);
        nodes.forEach(node -> assertThat(node.log(CPU).received()).hasSize(20 * nodes.size()));
    }

    @Test
    void concurrentPublishersKeepTheirOrderAndSinkCallsOfATopicAreSerial() throws InterruptedException {
        List<NodeModel> nodes = rig.nodes(2);
        List<Thread> publishers = new ArrayList<>();
        for (int p = 0; p < 4; p++) {
            NodeModel node = nodes.get(p % nodes.size());
            String publisher = "publisher " + p;
            publishers.add(new Thread(() -> {
                for (int i = 0; i < 400; i++) {
                    rig.ledger().publish(publisher, node.broadcaster(), i % 3 == 0 ? DISK : CPU);
                }
            }));
        }
        publishers.forEach(Thread::start);
        for (Thread publisher : publishers) {
            publisher.join();
        }
        rig.assertConverge(nodes);
        assertThat(rig.ledger().failures()).isEmpty();
        nodes.forEach(node -> assertThat(node.log(CPU).position().seq()
                        + node.log(DISK).position().seq())
                .isEqualTo(1600));
    }

    @Test
    void recordsArriveAsTheyWerePublished() {
        NodeModel node = rig.nodes(1).get(0);
        JsonData data = JsonData.parse("{\"größe\":[1,-2.5e3,null,true],\"text\":\"\\u2028 \\\" \uD83D\uDE00\"}");
        Publication keyed = new Publication(CPU, 1_795_507_200_123L, "kern/0", data);
        Publication plain = new Publication(CPU, 0, null, JsonData.of(null));
        rig.get(node.broadcaster().publish(keyed));
        rig.get(node.broadcaster().publish(plain));
        rig.await()
                .untilAsserted(() ->
                        assertThat(node.log(CPU).received()).containsExactly(keyed.toRecord(1), plain.toRecord(2)));
        if (rig.can(Capability.HISTORY)) {
            assertThat(rig.history(node, CPU, Position.NONE, 10).records())
                    .containsExactly(keyed.toRecord(1), plain.toRecord(2));
        }
    }

    @Test
    void nodeThatJoinsLaterCatchesUp() {
        assumeTrue(rig.can(Capability.SEVERAL_NODES) && rig.can(Capability.HISTORY));
        NodeModel first = rig.nodes(1).get(0);
        rig.publish(first, CPU, NodeModel.PAGE * 2 + 1);
        NodeModel second = rig.node();
        second.want(TopicPattern.of("host.*"));
        rig.assertConverge(List.of(first, second));
    }

    @Test
    void interestThatBeginsLateMissesNothing() {
        NodeModel node = rig.node();
        rig.publish(node, CPU, 5);
        node.want(TopicPattern.of(CPU));
        rig.publish(node, CPU, 5);
        rig.assertConverge(List.of(node));
    }

    @Test
    void interestSwitchedOffAndOnAgainMissesNothing() {
        NodeModel node = rig.node();
        for (int round = 0; round < 5; round++) {
            node.want(TopicPattern.of("host.>"));
            rig.publish(node, CPU, 5);
            node.unwant(TopicPattern.of("host.>"));
            rig.publish(node, CPU, 5);
        }
        node.want(TopicPattern.of("host.>"));
        rig.assertConverge(List.of(node));
    }

    @Test
    void patternsThatOverlapAreSwitchedEachForItself() {
        NodeModel node = rig.node();
        node.want(TopicPattern.of(CPU));
        node.want(TopicPattern.of("host.*"));
        node.unwant(TopicPattern.of("host.*"));
        rig.publish(node, CPU, 5);
        rig.assertConverge(List.of(node));
    }

    // State, outage, closing

    @Test
    void outageIsToldAndSurvived() {
        assumeTrue(rig.can(Capability.OUTAGE));
        List<NodeModel> nodes = rig.nodes(2);
        nodes.forEach(node -> rig.publish(node, CPU, 5));
        rig.cluster().cutStore();
        for (NodeModel node : nodes) {
            rig.await().until(() -> node.broadcaster().state() != Broadcaster.State.UP);
            rig.await().until(() -> node.states().contains(node.broadcaster().state()));
            rig.ledger().publish(node.name() + CPU, node.broadcaster(), CPU);
        }
        rig.cluster().restoreStore();
        for (NodeModel node : nodes) {
            rig.await().until(() -> node.broadcaster().state() == Broadcaster.State.UP);
            rig.await().until(() -> ContractRig.last(node.states()) == Broadcaster.State.UP);
            rig.publish(node, CPU, 5);
        }
        rig.assertConverge(nodes);
    }

    @Test
    void closingFailsThePublishesThatWait() {
        assumeTrue(rig.can(Capability.OUTAGE));
        NodeModel node = rig.node();
        rig.cluster().cutStore();
        rig.await().until(() -> node.broadcaster().state() != Broadcaster.State.UP);
        CompletionStage<Position> waiting = rig.ledger().publish("p", node.broadcaster(), CPU);
        node.stop();
        rig.assertFailsUnavailable(waiting);
    }

    @Test
    void publishAfterCloseFailsUnavailable() {
        NodeModel node = rig.nodes(1).get(0);
        rig.publish(node, CPU, 1);
        node.stop();
        rig.assertFailsUnavailable(rig.ledger().publish("late", node.broadcaster(), CPU));
        assertThat(node.broadcaster().state()).isEqualTo(Broadcaster.State.DOWN);
    }

    @Test
    void closeIsIdempotent() {
        NodeModel node = rig.node();
        assertThatCode(() -> {
                    node.stop();
                    node.stop();
                })
                .doesNotThrowAnyException();
    }

    @Test
    void otherNodesGoOnAfterOneClosed() {
        assumeTrue(rig.can(Capability.SEVERAL_NODES));
        List<NodeModel> nodes = rig.nodes(2);
        rig.publish(nodes.get(0), CPU, 5);
        nodes.get(0).stop();
        rig.publish(nodes.get(1), CPU, 5);
        rig.assertConverge(List.of(nodes.get(1)));
    }
}
