package live.telemetry.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import live.telemetry.core.LocalBroadcaster;
import org.junit.jupiter.api.Test;

/** A topic that is matched several times has one cursor. */
class OverlapTest {

    private static String subscribe(long id, String topic) {
        return "{\"type\":\"subscribe\",\"id\":" + id + ",\"topic\":\"" + topic + "\"}";
    }

    private static String subscribe(long id, String topic, String more) {
        return "{\"type\":\"subscribe\",\"id\":" + id + ",\"topic\":\"" + topic + "\"," + more + '}';
    }

    private static String unsubscribe(long id, String topic) {
        return "{\"type\":\"unsubscribe\",\"id\":" + id + ",\"topic\":\"" + topic + "\"}";
    }

    @Test
    void topicOfTwoPatternsIsDeliveredOnceByTheFirst() {
        SessionRig rig = SessionRig.local();
        rig.publish("a.b");
        TestPeer peer = rig.connect().send(subscribe(1, "a.*")).send(subscribe(2, "a.>"));
        assertThat(peer.take()).containsExactly("subscribed#1 a.*", "subscribed a.b E:1/1 by a.*", "subscribed#2 a.>");

        rig.publish("a.b");
        rig.publish("a.c");
        assertThat(peer.take()).containsExactly("a.b 2", "subscribed a.c E:0/1 by a.*", "a.c 1");
    }

    @Test
    void topicGoesToTheNextPatternWhenTheFirstEnds() {
        SessionRig rig = SessionRig.local();
        rig.publish("a.b");
        TestPeer peer = rig.connect().send(subscribe(1, "a.*")).send(subscribe(2, "a.>"));
        peer.take();
        peer.send(unsubscribe(3, "a.*"));
        rig.publish("a.b");
        assertThat(peer.take()).containsExactly("unsubscribed#3 a.*", "subscribed a.b E:1/1 by a.>", "a.b 2");
    }

    @Test
    void exactOneTakesOverTheCursorAndGoesOnThere() {
        SessionRig rig = SessionRig.local();
        rig.publish(2, "a.b");
        TestPeer peer = rig.connect().send(subscribe(1, "a.*"));
        peer.stall();
        peer.send("{\"type\":\"ping\"}");
        rig.publish("a.b");
        peer.send(subscribe(2, "a.b"));
        peer.drain();
        rig.publish("a.b");
        assertThat(peer.take())
                .containsExactly(
                        "subscribed#1 a.*",
                        "subscribed a.b E:2/2 by a.*",
                        "pong",
                        "subscribed#2 a.b E:2/3",
                        "a.b 3",
                        "a.b 4");
    }

    @Test
    void exactOneWithSinceBeginsThereAndRecordsComeAgain() {
        SessionRig rig = SessionRig.local();
        rig.publish(3, "a.b");
        TestPeer peer = rig.connect().send(subscribe(1, "a.*"));
        peer.take();
        peer.send(subscribe(2, "a.b", "\"since\":{\"last\":2}"));
        rig.publish("a.b");
        assertThat(peer.take()).containsExactly("subscribed#2 a.b E:1/3", "a.b 2", "a.b 3", "a.b 4");
    }

    @Test
    void patternGoesOnAtTheSameCursorWhenTheExactOneEnds() {
        SessionRig rig = SessionRig.local();
        rig.publish(2, "a.b");
        TestPeer peer = rig.connect().send(subscribe(1, "a.b")).send(subscribe(2, "a.*"));
        assertThat(peer.take()).containsExactly("subscribed#1 a.b E:2/2", "subscribed#2 a.*");

        rig.publish("a.b");
        peer.send(unsubscribe(3, "a.b"));
        rig.publish("a.b");
        assertThat(peer.take()).containsExactly("a.b 3", "unsubscribed#3 a.b", "subscribed a.b E:3/3 by a.*", "a.b 4");
    }

    @Test
    void modeOfTheOwnerCounts() {
        SessionRig rig = SessionRig.local();
        rig.publish("a.b");
        TestPeer peer = rig.connect()
                .send(subscribe(1, "a.*", "\"mode\":\"conflated\",\"maxRate\":1"))
                .send(subscribe(2, "a.b"));
        peer.take();
        rig.publish(3, "a.b");
        assertThat(peer.take()).containsExactly("a.b 2", "a.b 3", "a.b 4");

        peer.send(unsubscribe(3, "a.b"));
        rig.publish(3, "a.b");
        rig.publish(3, "a.b");
        assertThat(peer.take()).containsExactly("unsubscribed#3 a.b", "subscribed a.b E:4/4 by a.*", "a.b 5");
    }

    @Test
    void patternGoesOnWithTopicsThatTheExactOneSawBorn() {
        SessionRig rig = SessionRig.local();
        TestPeer peer = rig.connect().send(subscribe(1, "a.*")).send(subscribe(2, "a.b"));
        rig.publish("a.b");
        assertThat(peer.take())
                .containsExactly("subscribed#1 a.*", "subscribed#2 a.b :0/0", "subscribed a.b E:0/1", "a.b 1");

        peer.send(unsubscribe(3, "a.b"));
        rig.publish("a.b");
        assertThat(peer.take()).containsExactly("unsubscribed#3 a.b", "subscribed a.b E:1/1 by a.*", "a.b 2");
    }

    @Test
    void unbornExactOneThatEndsLeavesTheTopicToThePattern() {
        SessionRig rig = SessionRig.local();
        TestPeer peer = rig.connect().send(subscribe(1, "a.*")).send(subscribe(2, "a.b"));
        peer.send(unsubscribe(3, "a.b"));
        rig.publish("a.b");
        assertThat(peer.take())
                .containsExactly(
                        "subscribed#1 a.*",
                        "subscribed#2 a.b :0/0",
                        "unsubscribed#3 a.b",
                        "subscribed a.b E:0/1 by a.*",
                        "a.b 1");
    }

    /** A pattern ends while an exact one is still being looked up: the exact one begins as it asked. */
    @Test
    void exactOneThatIsLookedUpOutlivesThePattern() {
        SlowBroadcaster slow = new SlowBroadcaster(new LocalBroadcaster());
        SessionRig rig = SessionRig.over(slow);
        rig.publish("a.b");
        TestPeer peer = rig.connect().send(subscribe(1, "a.*"));
        peer.take();
        slow.hold();
        peer.send(subscribe(2, "a.b", "\"since\":\"start\"")).send(unsubscribe(3, "a.*"));
        slow.release();
        rig.settle();
        assertThat(peer.take()).containsExactly("unsubscribed#3 a.*", "subscribed#2 a.b E:0/1", "a.b 1");
    }

    /** The topic is born, and comes by the pattern, while the exact subscription is looked up as one without a record. */
    @Test
    void exactOneTakesOverATopicThatWasBornWhileItWasLookedUp() {
        SlowBroadcaster slow = new SlowBroadcaster(new LocalBroadcaster());
        SessionRig rig = SessionRig.over(slow);
        TestPeer peer = rig.connect().send(subscribe(1, "a.*"));
        peer.take();
        slow.hold();
        peer.send(subscribe(2, "a.b"));
        rig.publish("a.b");
        assertThat(peer.take()).containsExactly("subscribed a.b E:0/1 by a.*", "a.b 1");
        slow.release();
        rig.settle();
        rig.publish("a.b");
        assertThat(peer.take()).containsExactly("subscribed#2 a.b E:1/1", "a.b 2");

        peer.send(unsubscribe(3, "a.b"));
        assertThat(peer.take()).containsExactly("unsubscribed#3 a.b", "subscribed a.b E:2/2 by a.*");
    }

    /** The first is the one that was subscribed first, even if it is looked up later. */
    @Test
    void firstPatternWinsAlthoughItIsLookedUpLater() {
        SlowBroadcaster slow = new SlowBroadcaster(new LocalBroadcaster());
        SessionRig rig = SessionRig.over(slow);
        rig.publish("a.b");
        slow.hold();
        TestPeer peer = rig.connect().send(subscribe(1, "a.*")).send(subscribe(2, "a.>"));
        slow.releaseNewest();
        rig.settle();
        slow.release();
        rig.settle();
        peer.take();
        peer.send(unsubscribe(3, "a.>"));
        rig.publish("a.b");
        assertThat(peer.take()).containsExactly("unsubscribed#3 a.>", "a.b 2");
    }

    /** What is left of a snapshot still comes, so whoever takes over has to announce it. */
    @Test
    void snapshotThatIsTakenOverIsAnnouncedWithWhatIsLeftOfIt() {
        SessionRig rig = SessionRig.local();
        String large = '"' + "x".repeat(9_000) + '"';
        for (int i = 1; i <= 4; i++) {
            rig.publish("a.b", "k" + i, large);
        }
        TestPeer peer = rig.connect();
        peer.takes(offered -> offered - 1);
        peer.send(subscribe(1, "a.*", "\"since\":\"snapshot\"")).send(subscribe(2, "a.b"));
        peer.drain();
        assertThat(peer.take())
                .containsExactly(
                        "subscribed#1 a.*",
                        "subscribed a.b E:4/4 by a.* snapshot 4",
                        "a.b 1 k1",
                        "a.b 2 k2",
                        "subscribed#2 a.b E:4/4 snapshot 2",
                        "a.b 3 k3",
                        "a.b 4 k4");
    }

    @Test
    void snapshotThatIsHandedBackIsAnnouncedWithWhatIsLeftOfIt() {
        SessionRig rig = SessionRig.local();
        rig.publish("a.b", "k1", "1");
        rig.publish("a.b", "k2", "1");
        TestPeer peer = rig.connect().send(subscribe(1, "a.*"));
        peer.take();
        peer.stall();
        peer.send("{\"type\":\"ping\"}")
                .send(subscribe(2, "a.b", "\"since\":\"snapshot\""))
                .send(unsubscribe(3, "a.b"));
        peer.drain();
        assertThat(peer.take())
                .containsExactly(
                        "pong",
                        "subscribed#2 a.b E:2/2 snapshot 2",
                        "unsubscribed#3 a.b",
                        "subscribed a.b E:2/2 by a.* snapshot 2",
                        "a.b 1 k1",
                        "a.b 2 k2");
    }
}
