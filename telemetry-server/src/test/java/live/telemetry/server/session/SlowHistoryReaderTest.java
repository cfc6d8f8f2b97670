package live.telemetry.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import live.telemetry.core.Retention;
import live.telemetry.server.node.NodeStats;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Peers that are slow in the middle of a page of history, whose memory others need. */
class SlowHistoryReaderTest {

    private static final Duration SOON = Duration.ofMillis(100);
    private static final int RECORDS = 15;
    /** So large that a node has room for one page of them. */
    private static final String LARGE = '"' + "x".repeat(100_000) + '"';

    private final ClusterRig rig = new ClusterRig(1, 2, Retention.DEFAULT.withMaxBytes(4 << 20));

    @BeforeEach
    void publishAtAnotherNode() {
        for (String topic : List.of("a", "b")) {
            for (int i = 0; i < RECORDS; i++) {
                rig.node(0).publish(topic, null, LARGE);
            }
        }
        rig.run(SOON);
    }

    private TestPeer ask(TestPeer peer, String message) {
        peer.send(message);
        rig.run(SOON);
        return peer;
    }

    private static String subscribe(String topic) {
        return "{\"type\":\"subscribe\",\"id\":1,\"topic\":\"%s\",\"since\":\"start\"}".formatted(topic);
    }

    private static List<String> data(String topic, int last) {
        return IntStream.rangeClosed(1, last).mapToObj(seq -> topic + ' ' + seq).toList();
    }

    /** A peer that takes one record and a half of what it asks for, and nothing more. */
    private TestPeer stalledPeer(String message) {
        TestPeer peer = rig.node(1).connect();
        peer.takes(offered -> Math.min(offered, 150_000));
        ask(peer, message);
        assertThat(peer.isBlocked()).isTrue();
        return peer;
    }

    private void readSomethingElse() {
        TestPeer other = ask(rig.node(1).connect(), subscribe("b"));
        assertThat(other.take()).hasSize(1 + RECORDS).endsWith("b " + RECORDS);
        NodeStats stats = rig.node(1).node().stats();
        assertThat(stats.droppedPages()).isEqualTo(1);
        assertThat(stats.historyBytes()).isLessThan(2 << 20);
    }

    @Test
    void subscriptionGoesOnWhereItStood() {
        TestPeer slow = stalledPeer(subscribe("a"));
        readSomethingElse();
        slow.drain();
        rig.run(SOON);

        List<String> all = slow.take();
        assertThat(all.subList(1, all.size())).isEqualTo(data("a", RECORDS));
        assertThat(slow.records()).isEqualTo(RECORDS);
    }

    @Test
    void resyncGoesOnWhereItStood() {
        TestPeer slow =
                stalledPeer("{\"type\":\"resync\",\"id\":3,\"topic\":\"a\",\"epoch\":\"sim1\",\"from\":1,\"to\":8}");
        readSomethingElse();
        slow.drain();
        rig.run(SOON);

        List<String> all = slow.take();
        assertThat(all).startsWith("resyncing#3 a sim1 1..8").endsWith("resynced#3 a 1..8");
        assertThat(all.subList(1, all.size() - 1)).isEqualTo(data("a", 8));
    }
}
