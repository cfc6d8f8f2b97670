package live.telemetry.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import live.telemetry.core.Retention;
import live.telemetry.tck.Turbulence;
import org.junit.jupiter.api.Test;

/** Several nodes before one store: clients that move, nodes that are behind, stores that fail over or lose what they had. */
class ClusterSessionTest {

    private static final Duration SOON = Duration.ofMillis(50);
    private static final Duration LATER = Duration.ofSeconds(3);

    private ClusterRig rig = new ClusterRig(1, 2, Retention.DEFAULT);

    private static String subscribe(String topic, String more) {
        return "{\"type\":\"subscribe\",\"id\":1,\"topic\":\"" + topic + '"' + more + '}';
    }

    private static String after(String epoch, long seq) {
        return ",\"since\":{\"epoch\":\"" + epoch + "\",\"seq\":" + seq + '}';
    }

    private static final Turbulence HARDLY_ANY_HISTORY =
            Turbulence.CALM.withHistory(Duration.ofMillis(100), 1_000, 0.5);
    private static final String CONFLATED = ",\"mode\":\"conflated\",\"maxRate\":100";

    private TestPeer subscribed(int node, String topic, String more) {
        TestPeer peer = rig.node(node).connect().send(subscribe(topic, more));
        rig.run(SOON);
        return peer;
    }

    private void publish(int count) {
        for (int i = 0; i < count; i++) {
            rig.publish(0, "a", (String) null);
        }
    }

    /** A node that knows of the topic's first records, and has ceased to follow it. */
    private void makeStale(int node) {
        TestPeer peer = subscribed(node, "a", "");
        peer.send("{\"type\":\"unsubscribe\",\"topic\":\"a\"}").disconnect();
        rig.run(SOON);
    }

    @Test
    void recordsOfOneNodeReachSessionsOfAnother() {
        TestPeer peer = subscribed(1, "a", "");
        publish(2);
        assertThat(peer.take()).containsExactly("subscribed#1 a :0/0", "subscribed a sim1:0/1", "a 1", "a 2");
    }

    @Test
    void clientThatMovesToANodeThatIsColdMissesNothing() {
        publish(300);
        TestPeer peer = subscribed(1, "a", after("sim1", 20));
        List<String> all = peer.take();
        assertThat(all).first().isEqualTo("subscribed#1 a sim1:20/300");
        assertThat(all).hasSize(281).last().isEqualTo("a 300");
        publish(1);
        assertThat(peer.take()).containsExactly("a 301");
    }

    /** What this node hears of for the first time need not be new. */
    @Test
    void nowIsNowOnANodeThatIsCold() {
        publish(5);
        TestPeer exact = subscribed(1, "a", "");
        assertThat(exact.take()).containsExactly("subscribed#1 a sim1:5/5");
        rig = new ClusterRig(1, 2, Retention.DEFAULT);
        publish(5);
        TestPeer pattern = subscribed(1, "*", "");
        assertThat(pattern.take()).containsExactly("subscribed#1 *", "subscribed a sim1:5/5 by *");
    }

    @Test
    void clientsThatMoveAtOnceAskTheStoreOnce() {
        publish(100);
        long before = rig.cluster().historyCalls();
        List<TestPeer> peers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            peers.add(rig.node(1).connect().send(subscribe("a", after("sim1", 20))));
        }
        rig.run(SOON);
        peers.forEach(peer -> assertThat(peer.take()).hasSize(81));
        assertThat(rig.cluster().historyCalls() - before).isLessThanOrEqualTo(2);
    }

    @Test
    void clientThatIsAheadOfItsNodeWaitsForIt() {
        publish(3);
        makeStale(1);
        publish(2);
        TestPeer peer = subscribed(1, "a", after("sim1", 5));
        publish(1);
        assertThat(peer.take()).containsExactly("subscribed#1 a sim1:5/5", "a 6");
    }

    @Test
    void failoverThatKeepsEverythingIsToldBySubscribed() {
        TestPeer peer = subscribed(1, "a", "");
        publish(3);
        peer.take();
        rig.cluster().failOver();
        publish(2);
        assertThat(peer.take()).containsExactly("subscribed a sim2:3/4", "a 4", "a 5");
    }

    @Test
    void failoverThatLosesTheNewestIsARollback() {
        TestPeer peer = subscribed(1, "a", "");
        publish(5);
        peer.take();
        rig.cluster().failOverLosing(2);
        publish(3);
        assertThat(peer.take()).containsExactly("gap a sim2 4..5 next 4 rolled-back of sim1", "a 4", "a 5", "a 6");
    }

    @Test
    void lostHistoryIsToldWithTheFirstRecordThatComes() {
        TestPeer peer = subscribed(1, "a", "");
        publish(5);
        peer.take();
        rig.cluster().loseHistory();
        publish(2);
        assertThat(peer.take()).containsExactly("gap a sim2 1..0 next 1 epoch-changed", "a 1", "a 2");
    }

    @Test
    void resumingInATopicThatIsEmptyAgainSaysSo() {
        publish(5);
        rig.cluster().loseHistory();
        rig.run(SOON);
        TestPeer peer = subscribed(1, "a", after("sim1", 5));
        assertThat(peer.take()).containsExactly("subscribed#1 a sim1:5/0 lossy", "gap a  1..0 next 1 epoch-changed");
        publish(1);
        assertThat(peer.take()).containsExactly("subscribed a sim2:0/1", "a 1");
    }

    /** This node still has a log of what the store has lost. */
    @Test
    void topicThatTheStoreHasLostIsFollowedWhenItComesBack() {
        publish(5);
        makeStale(0);
        rig.cluster().loseHistory();
        rig.run(SOON);
        TestPeer exact = subscribed(0, "a", "");
        TestPeer pattern = subscribed(0, "*", "");
        publish(2);
        assertThat(exact.take()).containsExactly("subscribed#1 a :0/0", "subscribed a sim2:0/1", "a 1", "a 2");
        assertThat(pattern.take()).containsExactly("subscribed#1 *", "subscribed a sim2:0/1 by *", "a 1", "a 2");
    }

    /** The answer of one look-up is older than that of the other, and comes later. */
    @Test
    void topicWithoutARecordStaysWithItsExactSubscription() {
        SlowBroadcaster slow = new SlowBroadcaster(rig.cluster().newBroadcaster());
        SessionRig node = SessionRig.over(rig.cluster().time(), slow, Retention.DEFAULT, SessionRig.LIMITS);
        publish(2);
        TestPeer peer = node.connect();
        slow.hold();
        peer.send(subscribe("*", ""));
        rig.run(SOON);
        rig.cluster().loseHistory();
        rig.run(SOON);
        peer.send("{\"type\":\"subscribe\",\"id\":2,\"topic\":\"a\"}");
        slow.releaseNewest();
        rig.run(SOON);
        node.settle();
        slow.release();
        rig.run(SOON);
        publish(1);
        node.settle();
        assertThat(peer.take())
                .startsWith("subscribed#2 a :0/0", "subscribed#1 *")
                .endsWith("a 1")
                .noneMatch(line -> line.contains(" by *"));
    }

    /** A client resumes a pattern in a topic of which there is nothing, until it is born again. */
    @Test
    void positionInATopicThatIsBornAgainIsLost() {
        publish(5);
        rig.cluster().loseHistory();
        rig.run(SOON);
        TestPeer peer = subscribed(1, "*", ",\"since\":{\"positions\":{\"a\":{\"epoch\":\"sim1\",\"seq\":5}}}");
        publish(1);
        assertThat(peer.take())
                .containsExactly(
                        "subscribed#1 *",
                        "subscribed a sim1:5/1 by * lossy",
                        "gap a sim2 1..0 next 1 epoch-changed",
                        "a 1");
    }

    /** The client has seen more than this node, which must not deliver again what it still has of a history that is lost. */
    @Test
    void whatIsLostIsNotDeliveredAgainByANodeThatStillHasIt() {
        int begun = 0;
        for (long seed = 1; seed <= 60; seed++) {
            rig = new ClusterRig(seed, 2, Retention.DEFAULT);
            publish(3);
            makeStale(1);
            publish(2);
            rig.cluster().turbulence(HARDLY_ANY_HISTORY);
            TestPeer peer = rig.node(1).connect().send(subscribe("a", after("sim1", 5)));
            // It is found, and lost before the node could read what it lacks.
            rig.run(Duration.ofMillis(100 + 3 * (seed % 30)));
            rig.cluster().loseHistory();
            rig.run(LATER);
            rig.cluster().turbulence(Turbulence.CALM);
            publish(1);
            rig.run(LATER);
            List<String> all = peer.take();
            if (!all.get(0).startsWith("error")) {
                begun++;
                assertThat(all.stream().filter(line -> line.startsWith("a ")))
                        .as("seed %d: %s", seed, all)
                        .containsExactly("a 1");
                assertThat(all.stream().filter(line -> line.contains("a sim1:0/")))
                        .as("seed %d: %s", seed, all)
                        .isEmpty();
            }
        }
        assertThat(begun).isGreaterThan(5);
    }

    @Test
    void nothingIsAnnouncedBeforeItIsKnownWhereATopicBegins() {
        publish(300);
        rig.cluster().retainRecords(100);
        rig.run(SOON);
        rig.cluster().turbulence(Turbulence.CALM.withHistory(Duration.ofMillis(1), 1_000, 0.9));
        TestPeer peer = rig.node(1).connect();
        for (int i = 0; i < 50; i++) {
            peer.send(subscribe("*", ",\"since\":\"start\""));
            rig.run(SOON);
            if (peer.takeLines().stream().noneMatch(line -> line.contains("error"))) {
                break;
            }
        }
        publish(1);
        rig.cluster().turbulence(Turbulence.CALM);
        rig.run(LATER);
        List<String> all = peer.take();
        assertThat(all).startsWith("subscribed a sim1:201/301 by *", "a 202", "a 203");
        assertThat(all).hasSize(101).endsWith("a 301");
    }

    @Test
    void lossIsNotAnnouncedAsRecovered() {
        publish(30);
        rig.cluster().retainRecords(10);
        rig.run(SOON);
        rig.cluster().turbulence(Turbulence.CALM.withHistory(Duration.ofMillis(1), 1_000, 0.9));
        TestPeer peer = rig.node(1).connect();
        for (int i = 0; i < 50; i++) {
            peer.send(subscribe("*", ",\"since\":{\"positions\":{\"a\":{\"epoch\":\"sim1\",\"seq\":5}}}"));
            rig.run(SOON);
            if (peer.takeLines().stream().noneMatch(line -> line.contains("error"))) {
                break;
            }
        }
        publish(1);
        rig.cluster().turbulence(Turbulence.CALM);
        rig.run(LATER);
        assertThat(peer.take())
                .startsWith("subscribed a sim1:5/31 by * lossy", "gap a sim1 6..21 next 22 expired", "a 22");
    }

    @Test
    void requestThatCannotBeginWithoutHistoryFails() {
        publish(30);
        TestPeer peer = rig.node(1).connect().send(subscribe("a", after("sim1", 5)));
        rig.run(Duration.ofMillis(5));
        rig.cluster().cutNode(rig.broadcaster(1));
        rig.run(SOON);
        assertThat(peer.take()).containsExactly("error#1 UNAVAILABLE retryable");
        rig.cluster().restoreNode(rig.broadcaster(1));
        rig.run(SOON);
        peer.send(subscribe("a", after("sim1", 28)));
        rig.run(SOON);
        assertThat(peer.take()).containsExactly("subscribed#1 a sim1:28/30", "a 29", "a 30");
    }

    @Test
    void resyncReadsFromTheStoreWhatTheNodeDoesNotHave() {
        publish(30);
        TestPeer peer = rig.node(1).connect();
        peer.send("{\"type\":\"resync\",\"id\":3,\"topic\":\"a\",\"epoch\":\"sim1\",\"from\":4,\"to\":6}");
        rig.run(SOON);
        assertThat(peer.take()).containsExactly("resyncing#3 a sim1 4..6", "a 4", "a 5", "a 6", "resynced#3 a 4..6");
    }

    @Test
    void resyncOfMoreThanAPageReadsPageAfterPage() {
        publish(500);
        TestPeer peer = rig.node(1).connect();
        peer.send("{\"type\":\"resync\",\"id\":3,\"topic\":\"a\",\"epoch\":\"sim1\",\"from\":1,\"to\":450}");
        rig.run(SOON);
        assertThat(peer.take()).hasSize(452).endsWith("a 450", "resynced#3 a 1..450");
    }

    /** The epoch that is asked for is the topic's own; only this node does not know it yet. */
    @Test
    void resyncInAnEpochThatTheNodeHasYetToLearnIsAnswered() {
        publish(5);
        makeStale(1);
        rig.cluster().failOver();
        publish(2);
        rig.cluster().turbulence(Turbulence.CALM.withHistory(Duration.ofMillis(30), 1_000, 0));
        TestPeer peer = rig.node(1).connect();
        peer.send("{\"type\":\"resync\",\"id\":3,\"topic\":\"a\",\"epoch\":\"sim2\",\"from\":6,\"to\":7}");
        rig.run(Duration.ofSeconds(1));
        assertThat(peer.take()).containsExactly("resyncing#3 a sim2 6..7", "a 6", "a 7", "resynced#3 a 6..7");
    }

    /** The records are there, under another epoch; but numbers of one epoch say nothing in another. */
    @Test
    void resyncInAnEpochThatHasEndedIsOneGap() {
        publish(5);
        rig.cluster().failOver();
        publish(2);
        TestPeer peer = rig.node(1).connect();
        peer.send("{\"type\":\"resync\",\"id\":3,\"topic\":\"a\",\"epoch\":\"sim1\",\"from\":4,\"to\":6}");
        rig.run(SOON);
        assertThat(peer.take())
                .containsExactly(
                        "resyncing#3 a sim1 4..6", "gap#3 a sim1 4..6 next 7 epoch-changed", "resynced#3 a 4..6");
    }

    @Test
    void resyncBeyondAllThatCameSinceTheHistoryWasLostIsOneGap() {
        publish(5);
        rig.cluster().loseHistory();
        publish(2);
        TestPeer peer = rig.node(1).connect();
        peer.send("{\"type\":\"resync\",\"id\":3,\"topic\":\"a\",\"epoch\":\"sim1\",\"from\":4,\"to\":6}");
        rig.run(SOON);
        assertThat(peer.take())
                .containsExactly(
                        "resyncing#3 a sim1 4..6", "gap#3 a sim1 4..6 next 7 epoch-changed", "resynced#3 a 4..6");
    }

    @Test
    void failoverThatKeepsEverythingAndRetentionTogetherAreToldOneByOne() {
        publish(9);
        makeStale(1);
        rig.cluster().failOver();
        rig.cluster().retainRecords(3);
        rig.run(SOON);
        TestPeer peer = subscribed(1, "a", after("sim1", 2));
        assertThat(peer.take())
                .containsExactly(
                        "subscribed#1 a sim2:2/9 lossy", "gap a sim2 3..6 next 7 expired", "a 7", "a 8", "a 9");
    }

    // ---- conflated

    @Test
    void conflatedClientThatIsAheadOfItsNodeWaitsWithoutAskingAgainAndAgain() {
        publish(3);
        makeStale(1);
        publish(60);
        // What the node has to read to catch up takes its time.
        rig.cluster().turbulence(Turbulence.CALM.withHistory(Duration.ofMillis(5), 1, 0));
        long before = rig.cluster().historyCalls();
        TestPeer peer = rig.node(1).connect().send(subscribe("a", CONFLATED + after("sim1", 62)));
        rig.run(LATER);
        assertThat(peer.take()).last().isEqualTo("a 63");
        assertThat(rig.cluster().historyCalls() - before)
                .as("60 of the node, and few more")
                .isLessThan(70);
    }

    @Test
    void conflatedClientIsToldARollbackAndGetsWhatCameInstead() {
        TestPeer peer = subscribed(1, "a", CONFLATED);
        rig.publish(0, "a", "x", "y", "x", "y");
        peer.take();
        rig.cluster().failOverLosing(2);
        rig.publish(0, "a", "z");
        rig.run(LATER);
        assertThat(peer.take()).containsExactly("gap a sim2 3..4 next 3 rolled-back of sim1", "a 3 z");
    }

    /** It comes from a node that has moved on already; this one still has the log of the epoch before. */
    @Test
    void conflatedClientNeverGetsRecordsOfAnEpochThatHasEnded() {
        int begun = 0;
        for (long seed = 1; seed <= 40; seed++) {
            rig = new ClusterRig(seed, 2, Retention.DEFAULT);
            rig.publish(0, "a", "x", "y", "z");
            makeStale(1);
            rig.cluster().failOverLosing(2);
            rig.publish(0, "a", "q", "r");
            rig.cluster().turbulence(HARDLY_ANY_HISTORY);
            TestPeer peer = rig.node(1).connect().send(subscribe("a", CONFLATED + after("sim2", 1)));
            rig.run(LATER);
            rig.cluster().turbulence(Turbulence.CALM);
            rig.run(LATER);
            List<String> all = peer.take();
            if (!all.get(0).startsWith("error")) {
                begun++;
                assertThat(all).as("seed %d", seed).hasSize(3).endsWith("a 2 q", "a 3 r");
                assertThat(all.get(0)).startsWith("subscribed#1 a sim2:1/");
            }
        }
        assertThat(begun).isGreaterThan(5);
    }
}
