package live.telemetry.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import live.telemetry.core.Retention;
import live.telemetry.tck.Turbulence;
import org.junit.jupiter.api.Test;

/** The latest record of each key, on nodes that have not seen all of a topic's records. */
class ClusterLatestTest {

    private static final Duration SOON = Duration.ofMillis(50);
    private static final Duration LATER = Duration.ofSeconds(3);
    private static final String CONFLATED = ",\"mode\":\"conflated\",\"maxRate\":100";

    private final ClusterRig rig = new ClusterRig(1, 2, Retention.DEFAULT);

    private static String subscribe(String topic, String more) {
        return "{\"type\":\"subscribe\",\"id\":1,\"topic\":\"" + topic + '"' + more + '}';
    }

    private static String after(String epoch, long seq) {
        return ",\"since\":{\"epoch\":\"" + epoch + "\",\"seq\":" + seq + '}';
    }

    private TestPeer subscribed(int node, String topic, String more) {
        TestPeer peer = rig.node(node).connect().send(subscribe(topic, more));
        rig.run(SOON);
        return peer;
    }

    @Test
    void snapshotOnANodeThatIsColdHasTheLatestOfEachKey() {
        rig.publish(0, "a", "x", "y", "x", "z");
        TestPeer peer = subscribed(1, "a", ",\"since\":\"snapshot\"");
        rig.run(LATER);
        assertThat(peer.take()).containsExactly("subscribed#1 a sim1:4/4 snapshot 3", "a 2 y", "a 3 x", "a 4 z");
    }

    @Test
    void conflatedClientThatMovesToANodeThatIsColdGetsTheLatestOfEachKey() {
        rig.publish(0, "a", "x", "y", "x", "z");
        TestPeer peer = subscribed(1, "a", CONFLATED + after("sim1", 1));
        rig.run(LATER);
        assertThat(peer.take()).containsExactly("subscribed#1 a sim1:1/4", "a 2 y", "a 3 x", "a 4 z");
    }

    @Test
    void snapshotAfterARollbackHasTheRecordsThatAreValidAgain() {
        TestPeer follower = subscribed(0, "a", "");
        rig.publish(0, "a", "x", "y", "x", "y");
        follower.take();
        rig.cluster().failOverLosing(2);
        rig.publish(0, "a", "z");
        TestPeer peer = subscribed(0, "a", ",\"since\":\"snapshot\"");
        rig.run(LATER);
        assertThat(peer.take()).containsExactly("subscribed#1 a sim2:3/3 snapshot 3", "a 1 x", "a 2 y", "a 3 z");
    }

    @Test
    void manySnapshotsOnANodeThatIsColdReadTheHistoryOnce() {
        for (int i = 0; i < 100; i++) {
            rig.node(0).publish("a", "k" + i % 7, "0");
            rig.node(0).publish("b", "k" + i % 7, "0");
        }
        rig.run(SOON);
        long before = rig.cluster().historyCalls();
        List<TestPeer> peers = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            peers.add(rig.node(1).connect().send(subscribe("*", ",\"since\":\"snapshot\"")));
        }
        rig.run(SOON);
        peers.forEach(peer -> assertThat(peer.take())
                .hasSize(17)
                .contains("subscribed a sim1:100/100 by * snapshot 7", "subscribed b sim2:100/100 by * snapshot 7"));
        assertThat(rig.cluster().historyCalls() - before).isEqualTo(2);
    }

    @Test
    void historyOfManyPagesIsReadToItsEnd() {
        for (int i = 0; i < 50; i++) {
            rig.node(0).publish("a", "k" + i, "0");
        }
        rig.run(SOON);
        rig.cluster().turbulence(Turbulence.CALM.withHistory(Duration.ofMillis(1), 7, 0));
        TestPeer peer = subscribed(1, "a", ",\"since\":\"snapshot\"");
        assertThat(peer.take()).hasSize(51).first().isEqualTo("subscribed#1 a sim1:50/50 snapshot 50");
    }

    @Test
    void snapshotThatCannotBeHadIsAnErrorOfItsRequest() {
        rig.publish(0, "a", "x", "y");
        TestPeer peer = rig.node(1).connect().send(subscribe("a", ",\"since\":\"snapshot\""));
        rig.run(Duration.ofMillis(5));
        rig.cluster().cutNode(rig.broadcaster(1));
        rig.run(LATER);
        assertThat(peer.take()).containsExactly("error#1 UNAVAILABLE retryable");
        rig.cluster().restoreNode(rig.broadcaster(1));
        rig.run(SOON);
        peer.send(subscribe("a", ",\"since\":\"snapshot\""));
        rig.run(SOON);
        assertThat(peer.take()).containsExactly("subscribed#1 a sim1:2/2 snapshot 2", "a 1 x", "a 2 y");
    }

    @Test
    void snapshotsOfAPatternWaitForAStoreThatIsAway() {
        rig.publish(0, "a", "x", "y");
        TestPeer peer = rig.node(1).connect().send(subscribe("*", ",\"since\":\"snapshot\""));
        rig.run(Duration.ofMillis(5));
        rig.cluster().cutNode(rig.broadcaster(1));
        rig.run(LATER);
        assertThat(peer.take()).containsExactly("subscribed#1 *");
        rig.cluster().restoreNode(rig.broadcaster(1));
        rig.run(LATER);
        assertThat(peer.take()).containsExactly("subscribed a sim1:2/2 by * snapshot 2", "a 1 x", "a 2 y");
    }
}
