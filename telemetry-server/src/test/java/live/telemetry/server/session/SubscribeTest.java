package live.telemetry.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import java.time.Duration;
import live.telemetry.core.Identity;
import live.telemetry.core.LocalBroadcaster;
import live.telemetry.core.Retention;
import live.telemetry.core.Topic;
import org.junit.jupiter.api.Test;

/** One topic, in mode all: where a subscription begins, and what it is told. */
class SubscribeTest {

    private static String subscribe(String topic, String since) {
        return "{\"type\":\"subscribe\",\"id\":1,\"topic\":\"" + topic + "\""
                + (since == null ? "" : ",\"since\":" + since) + '}';
    }

    private static String after(String epoch, long seq) {
        return "{\"epoch\":\"" + epoch + "\",\"seq\":" + seq + '}';
    }

    @Test
    void welcomeIsTheFirstEnvelope() {
        SessionRig rig = SessionRig.local();
        TestPeer peer = rig.open(new Identity("me", SessionRig.reads(">"), null));
        rig.settle();

        assertThat(peer.takeLines())
                .containsExactly("{\"type\":\"welcome\",\"protocol\":1,\"session\":\"s-1\",\"node\":\"node-1\","
                        + "\"heartbeat\":15000,\"maxMessageBytes\":262144}");
    }

    @Test
    void welcomeSaysWhenTheSessionExpires() {
        SessionRig rig = SessionRig.local();
        TestPeer peer = rig.open(new Identity("me", SessionRig.reads(">"), rig.in(Duration.ofSeconds(9))));
        rig.settle();

        assertThat(peer.takeLines()).singleElement().asString().contains(",\"expiresAt\":1795507209000}");
    }

    @Test
    void withoutSinceItBeginsNow() {
        SessionRig rig = SessionRig.local();
        rig.publish(5, "a");
        TestPeer peer = rig.connect().send(subscribe("a", null));
        assertThat(peer.take()).containsExactly("subscribed#1 a E:5/5");

        rig.publish(2, "a");
        assertThat(peer.take()).containsExactly("a 6", "a 7");
    }

    @Test
    void subscribedHasTheFieldsOfAnExactTopic() {
        SessionRig rig = SessionRig.local();
        rig.publish(2, "a");
        TestPeer peer = rig.connect().send(subscribe("a", null));

        assertThat(peer.takeLines())
                .containsExactly("{\"type\":\"subscribed\",\"id\":1,\"topic\":\"a\",\"epoch\":\"" + rig.epoch()
                        + "\",\"seq\":2,\"head\":2,\"recovered\":true}");
    }

    @Test
    void recordIsWrittenAsItWasPublished() {
        SessionRig rig = SessionRig.local();
        TestPeer peer = rig.connect().send(subscribe("a", null));
        peer.takeLines();
        rig.publish("a", "ü", "{\"x\":[1,null]}");
        rig.publish("a", null, "null");

        assertThat(peer.takeLines())
                .contains(
                        "{\"type\":\"data\",\"topic\":\"a\",\"seq\":1,\"ts\":1795507200000,\"key\":\"ü\",\"data\":{\"x\":[1,null]}}",
                        "{\"type\":\"data\",\"topic\":\"a\",\"seq\":2,\"ts\":1795507200000,\"data\":null}");
    }

    @Test
    void afterAPositionItGoesOnBehindIt() {
        SessionRig rig = SessionRig.local();
        rig.publish(5, "a");
        TestPeer peer = rig.connect().send(subscribe("a", after(rig.epoch(), 3)));

        assertThat(peer.take()).containsExactly("subscribed#1 a E:3/5", "a 4", "a 5");
    }

    @Test
    void afterTheHeadItWaits() {
        SessionRig rig = SessionRig.local();
        rig.publish(5, "a");
        TestPeer peer = rig.connect().send(subscribe("a", after(rig.epoch(), 5)));
        assertThat(peer.take()).containsExactly("subscribed#1 a E:5/5");
    }

    @Test
    void afterAPositionThatRetentionHasDroppedThereIsAGapFirst() {
        SessionRig rig = SessionRig.local(Retention.DEFAULT.withMaxRecords(3));
        rig.publish(10, "a");
        TestPeer peer = rig.connect().send(subscribe("a", after(rig.epoch(), 2)));

        assertThat(peer.take())
                .containsExactly("subscribed#1 a E:2/10 lossy", "gap a E 3..7 next 8 expired", "a 8", "a 9", "a 10");
    }

    @Test
    void nothingIsLostIfTheNextRecordIsTheFirstThatIsRetained() {
        SessionRig rig = SessionRig.local(Retention.DEFAULT.withMaxRecords(3));
        rig.publish(10, "a");
        TestPeer peer = rig.connect().send(subscribe("a", after(rig.epoch(), 7)));

        assertThat(peer.take()).containsExactly("subscribed#1 a E:7/10", "a 8", "a 9", "a 10");
    }

    @Test
    void afterAPositionOfAnotherEpochTheHistoryIsLost() {
        SessionRig rig = SessionRig.local(Retention.DEFAULT.withMaxRecords(3));
        rig.publish(10, "a");
        TestPeer peer = rig.connect().send(subscribe("a", after("old", 4)));

        assertThat(peer.take())
                .containsExactly(
                        "subscribed#1 a old:4/10 lossy", "gap a E 1..7 next 8 epoch-changed", "a 8", "a 9", "a 10");
    }

    @Test
    void aPositionAboveTheHeadIsRolledBack() {
        SessionRig rig = SessionRig.local();
        rig.publish(5, "a");
        TestPeer peer = rig.connect().send(subscribe("a", after(rig.epoch(), 8)));
        assertThat(peer.take()).containsExactly("subscribed#1 a E:8/8 lossy", "gap a E 6..8 next 6 rolled-back of E");

        rig.publish("a");
        assertThat(peer.take()).containsExactly("a 6");
    }

    @Test
    void lastOfManyBeginsThereAndGoesOnLive() {
        SessionRig rig = SessionRig.local();
        rig.publish(5, "a");
        TestPeer peer = rig.connect().send(subscribe("a", "{\"last\":2}"));
        assertThat(peer.take()).containsExactly("subscribed#1 a E:3/5", "a 4", "a 5");

        rig.publish("a");
        assertThat(peer.take()).containsExactly("a 6");
    }

    @Test
    void lastOfMoreThanThereIsBeginsAtTheFirst() {
        SessionRig rig = SessionRig.local();
        rig.publish(2, "a");
        TestPeer peer = rig.connect().send(subscribe("a", "{\"last\":9007199254740991}"));
        assertThat(peer.take()).containsExactly("subscribed#1 a E:0/2", "a 1", "a 2");
    }

    @Test
    void lastOfMoreThanIsRetainedBeginsAtTheFirstThatIs() {
        SessionRig rig = SessionRig.local(Retention.DEFAULT.withMaxRecords(3));
        rig.publish(10, "a");
        TestPeer peer = rig.connect().send(subscribe("a", "{\"last\":5}"));
        assertThat(peer.take()).containsExactly("subscribed#1 a E:7/10", "a 8", "a 9", "a 10");
    }

    @Test
    void startIsEverythingThatIsRetained() {
        SessionRig rig = SessionRig.local(Retention.DEFAULT.withMaxRecords(2));
        rig.publish(4, "a");
        TestPeer peer = rig.connect().send(subscribe("a", "\"start\""));
        assertThat(peer.take()).containsExactly("subscribed#1 a E:2/4", "a 3", "a 4");
    }

    @Test
    void recordsThatAreTooOldAreNotHandedOut() {
        SessionRig rig = SessionRig.local(Retention.DEFAULT.withMaxAge(Duration.ofSeconds(10)));
        rig.publish(3, "a");
        rig.run(Duration.ofSeconds(8));
        rig.publish("a");
        rig.run(Duration.ofSeconds(3));
        TestPeer peer = rig.connect().send(subscribe("a", "\"start\""));
        assertThat(peer.take()).containsExactly("subscribed#1 a E:3/4", "a 4");
    }

    @Test
    void startOfATopicOfWhichNothingIsRetainedIsNow() {
        SessionRig rig = SessionRig.local(Retention.DEFAULT.withMaxAge(Duration.ofSeconds(1)));
        rig.publish(3, "a");
        rig.run(Duration.ofSeconds(3));
        TestPeer peer = rig.connect().send(subscribe("a", "\"start\""));
        assertThat(peer.take()).containsExactly("subscribed#1 a E:3/3");

        rig.publish("a");
        assertThat(peer.take()).containsExactly("a 4");
    }

    /** What was delivered last stands in memory that the log has given back by then. */
    @Test
    void deliveryGoesOnAfterEveryRecordHasExpired() {
        SessionRig rig = SessionRig.local(Retention.DEFAULT.withMaxAge(Duration.ofSeconds(1)));
        TestPeer peer = rig.connect().send(subscribe("a", null));
        rig.publish(3, "a");
        rig.run(Duration.ofSeconds(3));
        rig.sweep();
        peer.take();

        rig.publish(2, "a");
        assertThat(peer.take()).containsExactly("a 4", "a 5");
    }

    @Test
    void snapshotIsTheLatestRecordOfEachKeyInOrder() {
        SessionRig rig = SessionRig.local(Retention.DEFAULT.withMaxRecords(2));
        rig.publish("a", "x", "1");
        rig.publish("a", null, "2");
        rig.publish("a", "y", "3");
        rig.publish("a", "x", "4");
        rig.publish("a", null, "5");
        TestPeer peer = rig.connect().send(subscribe("a", "\"snapshot\""));
        assertThat(peer.take()).containsExactly("subscribed#1 a E:5/5 snapshot 3", "a 3 y", "a 4 x", "a 5");

        rig.publish("a", "y", "6");
        assertThat(peer.take()).containsExactly("a 6 y");
    }

    @Test
    void subscribedOfASnapshotHasTheNumberOfItsRecords() {
        SessionRig rig = SessionRig.local();
        rig.publish("a");
        TestPeer peer = rig.connect().send(subscribe("a", "\"snapshot\""));
        assertThat(peer.takeLines().get(0))
                .isEqualTo("{\"type\":\"subscribed\",\"id\":1,\"topic\":\"a\",\"epoch\":\"" + rig.epoch()
                        + "\",\"seq\":1,\"head\":1,\"recovered\":true,\"snapshot\":1}");
    }

    /** The snapshot is as of one moment, however long its reader takes. */
    @Test
    void snapshotThatIsReadSlowlyComesBeforeWhatIsPublishedMeanwhile() {
        SessionRig rig = SessionRig.local();
        String large = '"' + "x".repeat(6_000) + '"';
        for (int i = 0; i < 10; i++) {
            rig.publish("a", "k" + i, large);
        }
        TestPeer peer = rig.connect();
        peer.takes(offered -> Math.min(offered, 1_000));
        peer.send(subscribe("a", "\"snapshot\""));
        for (int i = 0; i < 3; i++) {
            rig.publish("a", "k" + i, "0");
        }
        peer.drain();
        assertThat(peer.take())
                .containsExactly(
                        "subscribed#1 a E:10/10 snapshot 10",
                        "a 1 k0",
                        "a 2 k1",
                        "a 3 k2",
                        "a 4 k3",
                        "a 5 k4",
                        "a 6 k5",
                        "a 7 k6",
                        "a 8 k7",
                        "a 9 k8",
                        "a 10 k9",
                        "a 11 k0",
                        "a 12 k1",
                        "a 13 k2");
    }

    @Test
    void topicWithoutARecordIsToldItsEpochBeforeItsFirst() {
        for (String since : new String[] {null, "\"start\"", "{\"last\":3}", after("", 0)}) {
            SessionRig rig = SessionRig.local();
            TestPeer peer = rig.connect().send(subscribe("a", since));
            assertThat(peer.take()).as("since %s", since).containsExactly("subscribed#1 a :0/0");

            rig.publish(2, "a");
            assertThat(peer.take()).as("since %s", since).containsExactly("subscribed a E:0/1", "a 1", "a 2");
        }
    }

    @Test
    void snapshotOfATopicWithoutARecordIsEmpty() {
        SessionRig rig = SessionRig.local();
        TestPeer peer = rig.connect().send(subscribe("a", "\"snapshot\""));
        assertThat(peer.take()).containsExactly("subscribed#1 a :0/0 snapshot 0");

        rig.publish("a");
        assertThat(peer.take()).containsExactly("subscribed a E:0/1", "a 1");
    }

    @Test
    void positionInATopicWithoutARecordIsLost() {
        SessionRig rig = SessionRig.local();
        TestPeer peer = rig.connect().send(subscribe("a", after("old", 7)));
        assertThat(peer.take()).containsExactly("subscribed#1 a old:7/0 lossy", "gap a  1..0 next 1 epoch-changed");

        rig.publish("a");
        assertThat(peer.take()).containsExactly("subscribed a E:0/1", "a 1");
    }

    @Test
    void resumingFromBeforeTheFirstRecordBeginsAtTheFirst() {
        SessionRig rig = SessionRig.local();
        rig.publish(2, "a");
        TestPeer peer = rig.connect().send(subscribe("a", after("", 0)));
        assertThat(peer.take()).containsExactly("subscribed#1 a E:0/2", "a 1", "a 2");
    }

    @Test
    void resumingFromBeforeTheFirstRecordTellsWhatIsGone() {
        SessionRig rig = SessionRig.local(Retention.DEFAULT.withMaxRecords(2));
        rig.publish(5, "a");
        TestPeer peer = rig.connect().send(subscribe("a", after("", 0)));
        assertThat(peer.take())
                .containsExactly("subscribed#1 a :0/5 lossy", "gap a E 1..3 next 4 expired", "a 4", "a 5");
    }

    @Test
    void subscribingTwiceIsRefused() {
        SessionRig rig = SessionRig.local();
        TestPeer peer = rig.connect().send(subscribe("a", null)).send(subscribe("a", "\"start\""));
        assertThat(peer.take()).containsExactly("subscribed#1 a :0/0", "error#1 ALREADY_SUBSCRIBED");
    }

    @Test
    void unsubscribingEndsDelivery() {
        SessionRig rig = SessionRig.local();
        rig.publish("a");
        TestPeer peer = rig.connect().send(subscribe("a", null));
        peer.send("{\"type\":\"unsubscribe\",\"id\":2,\"topic\":\"a\"}");
        assertThat(peer.take()).containsExactly("subscribed#1 a E:1/1", "unsubscribed#2 a");

        rig.publish("a");
        assertThat(peer.take()).isEmpty();
        peer.send(subscribe("a", after(rig.epoch(), 1)));
        assertThat(peer.take()).containsExactly("subscribed#1 a E:1/2", "a 2");
    }

    @Test
    void unsubscribingFromATopicWithoutARecordEndsItToo() {
        SessionRig rig = SessionRig.local();
        TestPeer peer = rig.connect().send(subscribe("a", null));
        peer.send("{\"type\":\"unsubscribe\",\"topic\":\"a\"}");
        rig.publish("a");
        assertThat(peer.take()).containsExactly("subscribed#1 a :0/0", "unsubscribed a");
    }

    @Test
    void unsubscribingWhatIsNotSubscribedIsRefused() {
        SessionRig rig = SessionRig.local();
        TestPeer peer = rig.connect().send("{\"type\":\"unsubscribe\",\"id\":2,\"topic\":\"a\"}");
        assertThat(peer.take()).containsExactly("error#2 NOT_SUBSCRIBED");
    }

    /** Every request is answered, and in its turn. */
    @Test
    void unsubscribingBeforeTheSubscriptionCouldBeginAnswersBoth() {
        SlowBroadcaster slow = new SlowBroadcaster(new LocalBroadcaster());
        SessionRig rig = SessionRig.over(slow);
        slow.hold();
        TestPeer peer = rig.connect().send(subscribe("a", null));
        peer.send("{\"type\":\"unsubscribe\",\"id\":2,\"topic\":\"a\"}");
        slow.release();
        rig.settle();
        assertThat(peer.take()).containsExactly("error#1 NOT_SUBSCRIBED", "unsubscribed#2 a");
    }

    @Test
    void unsubscribingBeforeTheAnswerWasWrittenAnswersBothInOrder() {
        SessionRig rig = SessionRig.local();
        rig.publish("a");
        TestPeer peer = rig.connect();
        peer.stall();
        peer.send("{\"type\":\"ping\"}").send(subscribe("a", null));
        peer.send("{\"type\":\"unsubscribe\",\"id\":2,\"topic\":\"a\"}");
        peer.drain();
        assertThat(peer.take()).containsExactly("pong", "subscribed#1 a E:1/1", "unsubscribed#2 a");
    }

    @Test
    void subscriptionThatCannotBeginIsAnErrorAndCanBeTriedAgain() {
        SlowBroadcaster slow = new SlowBroadcaster(new LocalBroadcaster());
        SessionRig rig = SessionRig.over(slow);
        rig.publish("a");
        slow.away(true);
        TestPeer peer = rig.connect().send(subscribe("a", null));
        assertThat(peer.take()).containsExactly("error#1 UNAVAILABLE retryable");

        slow.away(false);
        peer.send(subscribe("a", null));
        assertThat(peer.take()).containsExactly("subscribed#1 a E:1/1");
    }

    @Test
    void subscriptionWithoutAnIdWhoseHistoryIsNotToBeHadIsAnErrorToo() {
        SlowBroadcaster slow = new SlowBroadcaster(new LocalBroadcaster());
        SessionRig rig = SessionRig.over(slow, Retention.DEFAULT.withMaxRecords(3), SessionRig.LIMITS);
        rig.publish(10, "a");
        slow.hold();
        TestPeer peer = rig.connect().send("{\"type\":\"subscribe\",\"topic\":\"a\",\"since\":\"start\"}");
        slow.releaseOne();
        rig.settle();
        slow.failOne();
        rig.settle();
        assertThat(peer.take()).containsExactly("error UNAVAILABLE retryable");
    }

    @Test
    void topicThatTheTokenDoesNotCoverIsForbidden() {
        SessionRig rig = SessionRig.local();
        rig.rights(SessionRig.reads("b.>"));
        TestPeer peer = rig.connect().send(subscribe("a", null));
        assertThat(peer.take()).containsExactly("error#1 FORBIDDEN");
        assertThat(peer.session().subscriptionCount()).isZero();
    }

    @Test
    void disconnectedSessionLeavesNothingBehind() {
        SessionRig rig = SessionRig.local();
        rig.publish("a");
        TestPeer peer = rig.connect(rig.in(Duration.ofHours(1))).send(subscribe("a", null));
        peer.send("{\"type\":\"subscribe\",\"topic\":\"b.*\",\"mode\":\"conflated\"}");
        peer.disconnect();

        assertThat(rig.sessions().sessions()).isEmpty();
        assertThat(rig.loop().timerCount()).isZero();
        assertThat(rig.endedSessions()).isOne();
        assertThat(rig.node().isWanted(Topic.of("a"))).isFalse();
        assertThat(rig.node().isWanted(Topic.of("b.c"))).isFalse();
    }

    @Test
    void topicThatOthersFollowKeepsNoSessionThatHasEnded() throws InterruptedException {
        SessionRig rig = SessionRig.local();
        rig.publish("a");
        TestPeer stays = rig.connect().send(subscribe("a", null));
        WeakReference<Session> ended = connectAndLeave(rig);
        await().untilAsserted(() -> {
            System.gc();
            assertThat(ended.get()).isNull();
        });
        rig.publish("a");
        assertThat(stays.take()).endsWith("a 2");
    }

    private static WeakReference<Session> connectAndLeave(SessionRig rig) {
        TestPeer leaves = rig.connect().send(subscribe("a", null));
        leaves.disconnect();
        return new WeakReference<>(leaves.session());
    }
}
