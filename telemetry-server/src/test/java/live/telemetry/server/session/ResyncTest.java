package live.telemetry.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import live.telemetry.core.LocalBroadcaster;
import live.telemetry.core.Retention;
import org.junit.jupiter.api.Test;

/** Missing records, asked for once more: what comes between the brackets, and what does not. */
class ResyncTest {

    private static String resync(long id, String topic, String epoch, long from, long to) {
        return "{\"type\":\"resync\",\"id\":" + id + ",\"topic\":\"" + topic + "\",\"epoch\":\"" + epoch
                + "\",\"from\":" + from + ",\"to\":" + to + '}';
    }

    private static String subscribe(String topic) {
        return "{\"type\":\"subscribe\",\"id\":1,\"topic\":\"" + topic + "\"}";
    }

    @Test
    void rangeComesBetweenBracketsWithoutASubscription() {
        SessionRig rig = SessionRig.local();
        rig.publish(5, "a");
        TestPeer peer = rig.connect().send(resync(3, "a", rig.epoch(), 2, 4));
        rig.publish("a");
        assertThat(peer.take()).containsExactly("resyncing#3 a E 2..4", "a 2", "a 3", "a 4", "resynced#3 a 2..4");
    }

    @Test
    void itDoesNotMoveTheLivePosition() {
        SessionRig rig = SessionRig.local();
        rig.publish(3, "a");
        TestPeer peer = rig.connect().send(subscribe("a")).send(resync(3, "a", rig.epoch(), 1, 2));
        rig.publish("a");
        assertThat(peer.take())
                .containsExactly(
                        "subscribed#1 a E:3/3", "resyncing#3 a E 1..2", "a 1", "a 2", "resynced#3 a 1..2", "a 4");
    }

    @Test
    void noLiveRecordOfThatTopicComesBetween() {
        SessionRig rig = SessionRig.local();
        String large = '"' + "x".repeat(1_000) + '"';
        for (int i = 0; i < 20; i++) {
            rig.publish("a", null, large);
        }
        rig.publish("b");
        TestPeer peer = rig.connect().send(subscribe("a")).send(subscribe("b"));
        peer.take();
        peer.takes(offered -> Math.min(offered, 700));
        peer.send(resync(3, "a", rig.epoch(), 1, 20));
        for (int i = 0; i < 10; i++) {
            rig.publish("a");
            rig.publish("b");
            peer.unblock();
            rig.settle();
        }
        peer.drain();
        List<String> all = peer.take();
        int from = all.indexOf("resyncing#3 a E 1..20");
        int to = all.indexOf("resynced#3 a 1..20");
        List<String> within = all.subList(from + 1, to).stream()
                .filter(line -> line.startsWith("a "))
                .toList();
        assertThat(within)
                .isEqualTo(
                        IntStream.rangeClosed(1, 20).mapToObj(seq -> "a " + seq).toList());
        assertThat(all.subList(to, all.size()).stream().filter(line -> line.startsWith("a ")))
                .containsExactlyElementsOf(IntStream.rangeClosed(21, 30)
                        .mapToObj(seq -> "a " + seq)
                        .toList());
        assertThat(all.stream().filter(line -> line.startsWith("b "))).hasSize(10);
    }

    @Test
    void whatIsBeyondTheHeadIsCut() {
        SessionRig rig = SessionRig.local();
        rig.publish(3, "a");
        TestPeer peer = rig.connect().send(resync(3, "a", rig.epoch(), 2, 9));
        assertThat(peer.take()).containsExactly("resyncing#3 a E 2..3", "a 2", "a 3", "resynced#3 a 2..3");
    }

    @Test
    void nothingIsAnsweredWithAnEmptyRange() {
        SessionRig rig = SessionRig.local();
        rig.publish(3, "a");
        TestPeer peer = rig.connect().send(resync(3, "a", rig.epoch(), 4, 9));
        assertThat(peer.take()).containsExactly("resyncing#3 a E 4..3", "resynced#3 a 4..3");
    }

    @Test
    void expiredPartIsAGapWithTheId() {
        SessionRig rig = SessionRig.local(Retention.DEFAULT.withMaxRecords(3));
        rig.publish(10, "a");
        TestPeer peer = rig.connect().send(resync(3, "a", rig.epoch(), 5, 9));
        assertThat(peer.take())
                .containsExactly(
                        "resyncing#3 a E 5..9", "gap#3 a E 5..7 next 8 expired", "a 8", "a 9", "resynced#3 a 5..9");
    }

    @Test
    void rangeThatHasExpiredAsAWholeIsOneGap() {
        SessionRig rig = SessionRig.local(Retention.DEFAULT.withMaxRecords(3));
        rig.publish(10, "a");
        TestPeer peer = rig.connect().send(resync(3, "a", rig.epoch(), 2, 4));
        assertThat(peer.take())
                .containsExactly("resyncing#3 a E 2..4", "gap#3 a E 2..4 next 5 expired", "resynced#3 a 2..4");
    }

    @Test
    void anotherEpochIsOneGapInTheEpochThatWasAskedFor() {
        SessionRig rig = SessionRig.local();
        rig.publish(3, "a");
        TestPeer peer = rig.connect().send(resync(3, "a", "old", 2, 9));
        assertThat(peer.take())
                .containsExactly(
                        "resyncing#3 a old 2..9", "gap#3 a old 2..9 next 10 epoch-changed", "resynced#3 a 2..9");
    }

    @Test
    void epochBeforeTheFirstRecordIsAnotherOneToo() {
        SessionRig rig = SessionRig.local();
        rig.publish(3, "a");
        TestPeer peer = rig.connect().send(resync(3, "a", "", 2, 3));
        assertThat(peer.take())
                .containsExactly("resyncing#3 a  2..3", "gap#3 a  2..3 next 4 epoch-changed", "resynced#3 a 2..3");
    }

    @Test
    void topicWithoutARecordIsOfAnotherEpoch() {
        SessionRig rig = SessionRig.local();
        TestPeer peer = rig.connect().send(resync(3, "a", "old", 2, 9));
        assertThat(peer.take())
                .containsExactly(
                        "resyncing#3 a old 2..9", "gap#3 a old 2..9 next 10 epoch-changed", "resynced#3 a 2..9");
    }

    @Test
    void liveEpochIsNotChangedByIt() {
        SessionRig rig = SessionRig.local();
        rig.publish(3, "a");
        TestPeer peer = rig.connect().send(subscribe("a")).send(resync(3, "a", "old", 2, 9));
        peer.take();
        rig.publish("a");
        assertThat(peer.take()).containsExactly("a 4");
    }

    @Test
    void moreThanAThousandNumbersAreTooMany() {
        SessionRig rig = SessionRig.local();
        rig.publish(3, "a");
        TestPeer peer = rig.connect().send(resync(3, "a", rig.epoch(), 1, 1_001));
        assertThat(peer.take()).containsExactly("error#3 RANGE_TOO_LARGE");
        peer.send(resync(4, "a", rig.epoch(), 1, 1_000));
        assertThat(peer.take()).contains("resynced#4 a 1..3");
    }

    @Test
    void moreThanAMegabyteIsAnsweredInPart() {
        SessionRig rig = SessionRig.local();
        String large = '"' + "x".repeat(100_000) + '"';
        for (int i = 0; i < 15; i++) {
            rig.publish("a", null, large);
        }
        TestPeer peer = rig.connect().send(resync(3, "a", rig.epoch(), 1, 15));
        List<String> all = peer.take();
        assertThat(all).first().isEqualTo("resyncing#3 a E 1..15");
        assertThat(all).last().isEqualTo("resynced#3 a 1..10");
        assertThat(all).hasSize(12);
        peer.send(resync(4, "a", rig.epoch(), 11, 15));
        assertThat(peer.take()).last().isEqualTo("resynced#4 a 11..15");
    }

    @Test
    void severalInARowAreAnsweredOneAfterAnother() {
        SessionRig rig = SessionRig.local();
        rig.publish(4, "a");
        rig.publish(2, "b");
        TestPeer peer = rig.connect().send(subscribe("a"));
        peer.take();
        peer.takes(offered -> Math.min(offered, 3));
        peer.send(resync(3, "a", rig.epoch(), 1, 2))
                .send(resync(4, "b", rig.epoch(), 1, 2))
                .send(resync(5, "a", rig.epoch(), 2, 3))
                .send(resync(6, "a", "old", 2, 3));
        rig.publish("a");
        peer.drain();
        List<String> all = new ArrayList<>(peer.take());
        assertThat(all.remove("a 5")).as("the live record").isTrue();
        assertThat(all)
                .containsExactly(
                        "resyncing#3 a E 1..2",
                        "a 1",
                        "a 2",
                        "resynced#3 a 1..2",
                        "resyncing#4 b E 1..2",
                        "b 1",
                        "b 2",
                        "resynced#4 b 1..2",
                        "resyncing#5 a E 2..3",
                        "a 2",
                        "a 3",
                        "resynced#5 a 2..3",
                        "resyncing#6 a old 2..3",
                        "gap#6 a old 2..3 next 4 epoch-changed",
                        "resynced#6 a 2..3");
    }

    /** Answers fill whole batches, in which no room is left for what has to follow. */
    @Test
    void itComesBehindManyAnswers() {
        for (int answers = 460; answers < 480; answers++) {
            SessionRig rig = SessionRig.local();
            rig.publish(3, "a");
            TestPeer peer = rig.connect();
            peer.stall();
            peer.send("{\"type\":\"ping\"}");
            for (int i = 0; i < answers; i++) {
                peer.send("{\"type\":\"ping\"}");
            }
            peer.send(resync(3, "a", rig.epoch(), 1, 3));
            peer.drain();
            assertThat(peer.take())
                    .as("behind %d answers", answers)
                    .endsWith("resyncing#3 a E 1..3", "a 1", "a 2", "a 3", "resynced#3 a 1..3");
        }
    }

    @Test
    void recordsThatExpireWhileItIsReadAreAGap() {
        SessionRig rig = SessionRig.local(Retention.DEFAULT.withMaxRecords(5));
        rig.publish(5, "a");
        TestPeer peer = rig.connect();
        peer.takes(offered -> 90);
        peer.send(resync(3, "a", rig.epoch(), 1, 5));
        peer.stall();
        rig.publish(3, "a");
        peer.drain();
        assertThat(peer.take())
                .containsExactly(
                        "resyncing#3 a E 1..5",
                        "a 1",
                        "gap#3 a E 2..3 next 4 expired",
                        "a 4",
                        "a 5",
                        "resynced#3 a 1..5");
    }

    @Test
    void topicThatTheTokenDoesNotCoverIsForbidden() {
        SessionRig rig = SessionRig.local();
        rig.publish("a");
        rig.rights(SessionRig.reads("b"));
        TestPeer peer = rig.connect().send(resync(3, "a", rig.epoch(), 1, 1));
        assertThat(peer.take()).containsExactly("error#3 FORBIDDEN");
    }

    @Test
    void rangeThatIsEmptyOrBeginsBelowOneIsNotUnderstood() {
        SessionRig rig = SessionRig.local();
        TestPeer peer = rig.connect().send(resync(3, "a", "e", 0, 1)).send(resync(4, "a", "e", 2, 1));
        peer.send(resync(5, "a.*", "e", 1, 1));
        assertThat(peer.take()).containsExactly("error#3 BAD_REQUEST", "error#4 BAD_REQUEST", "error#5 BAD_TOPIC");
    }

    @Test
    void storeThatIsAwayIsAnErrorThatMayBeTriedAgain() {
        SlowBroadcaster slow = new SlowBroadcaster(new LocalBroadcaster());
        SessionRig rig = SessionRig.over(slow);
        rig.publish(3, "a");
        slow.away(true);
        TestPeer peer = rig.connect().send(resync(3, "a", rig.epoch(), 1, 3));
        assertThat(peer.take()).containsExactly("error#3 UNAVAILABLE retryable");
    }

    /** What is not in the log cannot be had now; live records must not wait until it can. */
    @Test
    void historyThatIsAwayDoesNotHoldUpLiveRecords() {
        SlowBroadcaster slow = new SlowBroadcaster(new LocalBroadcaster());
        SessionRig rig = SessionRig.over(slow, Retention.DEFAULT.withMaxRecords(2), SessionRig.LIMITS);
        rig.publish(5, "a");
        TestPeer peer = rig.connect().send(subscribe("a"));
        peer.take();
        slow.hold();
        peer.send(resync(3, "a", rig.epoch(), 1, 5));
        slow.releaseOne();
        rig.settle();
        rig.publish("a");
        assertThat(peer.take()).containsExactly("a 6");
        slow.failOne();
        rig.run(Duration.ofSeconds(5));
        assertThat(peer.take()).containsExactly("error#3 UNAVAILABLE retryable");
    }

    /** They wait in the session, so a peer that asks and never reads must not pile them up. */
    @Test
    void peerThatReadsNoAnswersIsNotReadFromAtTheBoundOfRequests() {
        SessionRig rig = SessionRig.local();
        rig.publish(2, "a");
        TestPeer peer = rig.connect();
        peer.stall();
        int bound = SessionRig.LIMITS.maxRequestsInFlight();
        for (int i = 0; i < bound + 1; i++) {
            peer.send(resync(i, "a", rig.epoch(), 1, 2));
        }
        assertThat(peer.acceptsInput()).isFalse();
        peer.drain();
        assertThat(peer.take()).hasSize(4 * (bound + 1));
        assertThat(peer.acceptsInput()).isTrue();
    }
}
