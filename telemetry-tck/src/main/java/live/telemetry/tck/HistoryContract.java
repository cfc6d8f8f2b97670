package live.telemetry.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.History;
import live.telemetry.core.History.Continuity;
import live.telemetry.core.Position;
import live.telemetry.core.Publication;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.json.JsonData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The part of {@link BroadcasterContract} that is about asking: {@code history} and {@code topics}. */
public abstract class HistoryContract {

    private static final Topic CPU = Topic.of("host.cpu");
    private static final Topic DISK = Topic.of("host.disk");
    private static final Topic ORDERS = Topic.of("app.orders");

    /** The nodes of the test that runs; set before each. */
    ContractRig rig;

    HistoryContract() {}

    /**
     * Makes what a test runs against.
     *
     * @return a cluster with an empty log; the test closes it
     */
    protected abstract BroadcasterCluster newCluster();

    @BeforeEach
    void open() {
        rig = new ContractRig(newCluster());
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void historyOfATopicWithoutRecordsIsEmpty() {
        NodeModel node = rig.node();
        assertThat(rig.history(node, CPU, Position.NONE, 10))
                .isEqualTo(new History(Continuity.CONTINUES, Position.NONE, 1, List.of()));
        assertThat(rig.history(node, CPU, new Position("elsewhere", 7), 10))
                .isEqualTo(new History(Continuity.EPOCH_CHANGED, Position.NONE, 1, List.of()));
    }

    @Test
    void historyAfterTheHeadContinuesWithNothing() {
        NodeModel node = rig.node();
        Position head = ContractRig.last(rig.publish(node, CPU, 5));
        assertThat(rig.history(node, CPU, head, 10)).isEqualTo(new History(Continuity.CONTINUES, head, 6, List.of()));
    }

    @Test
    void historyBehindTheHeadGivesTheRestOrSaysThatItIsGone() {
        NodeModel node = rig.node();
        Position head = ContractRig.last(rig.publish(node, CPU, 5));
        for (Position after : List.of(Position.NONE, new Position(head.epoch(), 0), new Position(head.epoch(), 2))) {
            History history = rig.history(node, CPU, after, 10);
            assertThat(history.head()).isEqualTo(head);
            if (rig.can(Capability.HISTORY)) {
                assertThat(history.continuity()).isEqualTo(Continuity.CONTINUES);
                assertThat(history.next()).isEqualTo(after.seq() + 1);
                assertThat(ContractRig.numbers(history)).isNotEmpty().first().isEqualTo(after.seq() + 1);
            } else {
                assertThat(history).isEqualTo(new History(Continuity.EXPIRED, head, 6, List.of()));
            }
        }
    }

    @Test
    void historyAboveTheHeadIsRolledBack() {
        NodeModel node = rig.node();
        Position head = ContractRig.last(rig.publish(node, CPU, 5));
        assertThat(rig.history(node, CPU, new Position(head.epoch(), 9), 10))
                .isEqualTo(new History(Continuity.ROLLED_BACK, head, 6, List.of()));
    }

    @Test
    void historyOfAnUnknownEpochBeginsAnew() {
        NodeModel node = rig.node();
        Position head = ContractRig.last(rig.publish(node, CPU, 5));
        History history = rig.history(node, CPU, new Position("elsewhere", 3), 10);
        assertThat(history.continuity()).isEqualTo(Continuity.EPOCH_CHANGED);
        assertThat(history.head()).isEqualTo(head);
        assertThat(history.next()).isEqualTo(rig.can(Capability.HISTORY) ? 1 : 6);
    }

    @Test
    void historyIsReadInPagesWithinTheLimit() {
        assumeTrue(rig.can(Capability.HISTORY));
        NodeModel node = rig.node();
        Position head = ContractRig.last(rig.publish(node, CPU, 20));
        List<Long> read = new ArrayList<>();
        Position after = Position.NONE;
        while (!after.equals(head)) {
            History page = rig.history(node, CPU, after, 3);
            assertThat(page.continuity()).isEqualTo(Continuity.CONTINUES);
            assertThat(page.records()).hasSizeBetween(1, 3);
            read.addAll(ContractRig.numbers(page));
            after = new Position(page.head().epoch(), ContractRig.last(read));
        }
        assertThat(read)
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 20).boxed().toList());
    }

    @Test
    void latestRecordsAreThoseOfEachKeyWhereTheyAreKept() {
        NodeModel node = rig.node();
        List<TelemetryRecord> records = new ArrayList<>();
        Position head = Position.NONE;
        for (String key : new String[] {"a", "b", null, "a", "c", null, "b"}) {
            Publication publication = new Publication(CPU, records.size(), key, JsonData.of(records.size()));
            head = rig.get(node.broadcaster().publish(publication));
            records.add(publication.toRecord(head.seq()));
        }
        Optional<Broadcaster.LatestRecords> latest = rig.get(node.broadcaster().latest(CPU));
        if (latest.isPresent()) {
            assertThat(latest.get())
                    .isEqualTo(new Broadcaster.LatestRecords(
                            head, List.of(records.get(3), records.get(4), records.get(5), records.get(6))));
        }
        assertThat(rig.get(node.broadcaster().latest(DISK)).map(Broadcaster.LatestRecords::records))
                .isIn(Optional.empty(), Optional.of(List.of()));
    }

    @Test
    void topicsAreThoseThatHaveARecord() {
        NodeModel node = rig.nodes(1).get(0);
        node.want(TopicPattern.of("never.published"));
        Position cpu = ContractRig.last(rig.publish(node, CPU, 3));
        Position disk = ContractRig.last(rig.publish(node, DISK, 1));
        Position orders = ContractRig.last(rig.publish(node, ORDERS, 2));
        assertThat(rig.topics(node, ">")).isEqualTo(Map.of(CPU, cpu, DISK, disk, ORDERS, orders));
        assertThat(rig.topics(node, "host.*")).isEqualTo(Map.of(CPU, cpu, DISK, disk));
        assertThat(rig.topics(node, "app.orders")).isEqualTo(Map.of(ORDERS, orders));
        assertThat(rig.topics(node, "never.published")).isEmpty();
        assertThat(rig.topics(node, "host.cpu.>")).isEmpty();
    }

    @Test
    void topicsAreThoseOfAllNodes() {
        List<NodeModel> nodes = rig.nodes(2);
        Position cpu = ContractRig.last(rig.publish(nodes.get(0), CPU, 3));
        assertThat(rig.topics(ContractRig.last(nodes), ">")).isEqualTo(Map.of(CPU, cpu));
    }
}
