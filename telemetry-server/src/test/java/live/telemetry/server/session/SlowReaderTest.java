package live.telemetry.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import live.telemetry.core.Retention;
import org.junit.jupiter.api.Test;

/** Peers that take little, or nothing for long: what they miss is told, and nothing is cut or lost in between. */
class SlowReaderTest {

    private static final String SUBSCRIBE = "{\"type\":\"subscribe\",\"id\":1,\"topic\":\"a\"}";

    private static List<String> data(long first, long last) {
        return LongStream.rangeClosed(first, last).mapToObj(seq -> "a " + seq).toList();
    }

    @Test
    void readerThatFallsOffTheTailIsToldWhatIsGone() {
        SessionRig rig = SessionRig.local(Retention.DEFAULT.withMaxRecords(4));
        TestPeer peer = rig.connect().send(SUBSCRIBE);
        rig.publish(2, "a");
        peer.stall();
        rig.publish(10, "a");
        peer.drain();
        assertThat(peer.take())
                .containsExactly(
                        "subscribed#1 a :0/0",
                        "subscribed a E:0/1",
                        "a 1",
                        "a 2",
                        "gap a E 3..8 next 9 expired",
                        "a 9",
                        "a 10",
                        "a 11",
                        "a 12");
    }

    @Test
    void slowReaderCatchesUpWithoutAGapWhileEverythingIsRetained() {
        SessionRig rig = SessionRig.local();
        TestPeer peer = rig.connect().send(SUBSCRIBE);
        peer.take();
        peer.takes(offered -> Math.min(offered, 7));
        for (int i = 0; i < 300; i++) {
            rig.publish("a");
            peer.unblock();
        }
        peer.drain();
        List<String> all = peer.take();
        assertThat(all).first().isEqualTo("subscribed a E:0/1");
        assertThat(all.subList(1, all.size())).isEqualTo(data(1, 300));
        assertThat(peer.records()).isEqualTo(300);
    }

    @Test
    void recordThatIsCutIsFinishedAlthoughRetentionHasDroppedItMeanwhile() {
        SessionRig rig = SessionRig.local(Retention.DEFAULT.withMaxRecords(1));
        TestPeer peer = rig.connect().send(SUBSCRIBE);
        rig.publish("a");
        peer.take();
        peer.takes(offered -> 10);
        rig.publish("a", "cut", "\"" + "x".repeat(100) + "\"");
        peer.stall();
        rig.publish(3, "a");
        peer.drain();
        assertThat(peer.take()).containsExactly("a 2 cut", "gap a E 3..4 next 5 expired", "a 5");
    }

    /** Its rest is more than a batch is filled up behind, so the batch goes out alone, and the others must follow. */
    @Test
    void deliveryGoesOnBehindTheRestOfALargeRecord() {
        SessionRig rig = SessionRig.local();
        TestPeer peer = rig.connect().send(SUBSCRIBE);
        peer.take();
        peer.takes(offered -> 1_000);
        rig.publish("a", null, '"' + "x".repeat(100_000) + '"');
        peer.stall();
        rig.publish(2, "a");
        peer.send("{\"type\":\"ping\",\"id\":9}");
        peer.drain();
        assertThat(peer.take()).containsExactly("subscribed a E:0/1", "a 1", "pong#9", "a 2", "a 3");
    }

    @Test
    void blockedReaderHoldsNoMoreThanOneRecordAndOneBatchOfAnswers() {
        SessionRig rig = SessionRig.local();
        TestPeer peer = rig.connect().send(SUBSCRIBE);
        peer.takes(offered -> Math.min(offered, 100));
        String large = '"' + "x".repeat(5_000) + '"';
        for (int i = 0; i < 200; i++) {
            rig.publish("a", null, large);
            peer.unblock();
            peer.send("{\"type\":\"ping\"}");
        }
        assertThat(peer.largestPending()).isLessThan(2 * WriteBatch.MAX_COPIED + 5_000);
    }

    @Test
    void backlogOfManyBatchesComesWhole() {
        SessionRig rig = SessionRig.local();
        String large = '"' + "x".repeat(10_000) + '"';
        for (int i = 0; i < 200; i++) {
            rig.publish("a", null, large);
        }
        TestPeer peer = rig.connect();
        peer.send("{\"type\":\"subscribe\",\"id\":1,\"topic\":\"a\",\"since\":\"start\"}");
        assertThat(peer.take())
                .isEqualTo(Stream.concat(Stream.of("subscribed#1 a E:0/200"), data(1, 200).stream())
                        .toList());
    }

    @Test
    void manyTopicsAtOnceComeWhole() {
        SessionRig rig = SessionRig.local();
        TestPeer peer = rig.connect().send("{\"type\":\"subscribe\",\"id\":1,\"topic\":\"t.*\"}");
        peer.stall();
        peer.send("{\"type\":\"ping\"}");
        for (int i = 0; i < 900; i++) {
            rig.publish(2, "t." + i);
        }
        peer.drain();
        List<String> all = peer.take();
        for (int i = 0; i < 900; i++) {
            String topic = "t." + i;
            assertThat(all.stream().filter(line -> (line + " ").contains(topic + " ")))
                    .containsExactly("subscribed " + topic + " E:0/2 by t.*", topic + " 1", topic + " 2");
        }
    }
}
