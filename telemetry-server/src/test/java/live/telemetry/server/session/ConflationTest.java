package live.telemetry.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import live.telemetry.core.Retention;
import org.junit.jupiter.api.Test;

/** The latest record of each key at each tick. */
class ConflationTest {

    private static String subscribe(String topic, String more) {
        return "{\"type\":\"subscribe\",\"id\":1,\"topic\":\"" + topic + "\",\"mode\":\"conflated\"" + more + '}';
    }

    private static final String TWICE_A_SECOND = ",\"maxRate\":2";

    private final SessionRig rig = SessionRig.local();
    private final TestPeer peer = rig.connect();

    private void publishKeys(String... keys) {
        for (String key : keys) {
            rig.publish("a", key, "0");
        }
    }

    @Test
    void firstRecordComesAtOnceAndThenOnlyAtTicks() {
        publishKeys("x");
        peer.send(subscribe("a", TWICE_A_SECOND));
        publishKeys("x", "x", "x");
        assertThat(peer.take()).containsExactly("subscribed#1 a E:1/1", "a 2 x");

        rig.run(Duration.ofMillis(499));
        assertThat(peer.take()).isEmpty();
        rig.run(Duration.ofMillis(1));
        assertThat(peer.take()).containsExactly("a 4 x");
        rig.run(Duration.ofSeconds(5));
        assertThat(peer.take()).isEmpty();
    }

    @Test
    void atATickTheLatestOfEachKeyComesInTheOrderOfTheNumbers() {
        publishKeys("x");
        peer.send(subscribe("a", TWICE_A_SECOND));
        publishKeys("x");
        peer.take();
        publishKeys("x", "y", null, "x", "z", null);
        rig.run(Duration.ofMillis(500));
        assertThat(peer.take()).as("records without a key share one").containsExactly("a 4 y", "a 6 x", "a 7 z", "a 8");
    }

    @Test
    void keysThatDidNotChangeSinceTheLastTickDoNotComeAgain() {
        publishKeys("x", "y");
        peer.send(subscribe("a", TWICE_A_SECOND));
        peer.take();
        publishKeys("x");
        rig.run(Duration.ofSeconds(1));
        assertThat(peer.take()).containsExactly("a 3 x");
    }

    @Test
    void rateIsTenASecondUnlessItIsNamed() {
        publishKeys("x");
        peer.send(subscribe("a", ""));
        peer.take();
        List<Integer> counts = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            publishKeys("x");
            counts.add(peer.take().size());
            rig.run(Duration.ofMillis(50));
            counts.add(peer.take().size());
        }
        assertThat(counts.stream().mapToInt(Integer::intValue).sum())
                .as("in a second")
                .isBetween(10, 11);
    }

    @Test
    void snapshotThenConflated() {
        publishKeys("x", "y", "x");
        peer.send(subscribe("a", ",\"since\":\"snapshot\"" + TWICE_A_SECOND));
        assertThat(peer.take()).containsExactly("subscribed#1 a E:3/3 snapshot 2", "a 2 y", "a 3 x");
        publishKeys("y", "y");
        rig.run(Duration.ofSeconds(1));
        assertThat(peer.take()).containsExactly("a 4 y", "a 5 y");
    }

    @Test
    void afterAPositionTheLatestOfEachKeySinceThen() {
        publishKeys("x", "y", "x", "y", "z");
        peer.send(subscribe("a", ",\"since\":{\"epoch\":\"" + rig.epoch() + "\",\"seq\":3}"));
        assertThat(peer.take()).containsExactly("subscribed#1 a E:3/5", "a 4 y", "a 5 z");
    }

    @Test
    void whatRetentionHasDroppedIsNoGapWhereNumbersSkipAnyway() {
        SessionRig small = SessionRig.local(Retention.DEFAULT.withMaxRecords(2));
        for (String key : new String[] {"x", "y", "x", "x", "x"}) {
            small.publish("a", key, "0");
        }
        TestPeer reader = small.connect();
        reader.send(subscribe("a", ",\"since\":{\"epoch\":\"" + small.epoch() + "\",\"seq\":1}"));
        assertThat(reader.take()).containsExactly("subscribed#1 a E:1/5", "a 2 y", "a 5 x");
    }

    @Test
    void anotherEpochIsToldEvenSo() {
        publishKeys("x", "y");
        peer.send(subscribe("a", ",\"since\":{\"epoch\":\"old\",\"seq\":1}"));
        assertThat(peer.take())
                .containsExactly("subscribed#1 a old:1/2 lossy", "gap a E 1..0 next 1 epoch-changed", "a 1 x", "a 2 y");
    }

    @Test
    void rollbackIsToldEvenSo() {
        publishKeys("x", "y");
        peer.send(subscribe("a", ",\"since\":{\"epoch\":\"" + rig.epoch() + "\",\"seq\":5}"));
        publishKeys("x");
        assertThat(peer.take())
                .containsExactly("subscribed#1 a E:5/5 lossy", "gap a E 3..5 next 3 rolled-back of E", "a 3 x");
    }

    @Test
    void topicThatIsBornLaterIsConflatedToo() {
        peer.send(subscribe("*", TWICE_A_SECOND));
        publishKeys("x", "x", "x", "y");
        rig.run(Duration.ofSeconds(1));
        assertThat(peer.take()).containsExactly("subscribed#1 *", "subscribed a E:0/1 by *", "a 1 x", "a 3 x", "a 4 y");
    }

    @Test
    void slowReaderGetsTheLatestOfEachKeyOnce() {
        publishKeys("x");
        peer.send(subscribe("a", ""));
        peer.take();
        String large = '"' + "x".repeat(2_000) + '"';
        for (int i = 0; i < 30; i++) {
            rig.publish("a", "k" + i, large);
        }
        peer.takes(offered -> Math.min(offered, 900));
        rig.run(Duration.ofSeconds(1));
        for (int i = 0; i < 30; i++) {
            rig.publish("a", "k" + i, "0");
            peer.unblock();
            rig.run(Duration.ofMillis(30));
        }
        peer.drain();
        rig.run(Duration.ofSeconds(1));
        List<String> all = peer.take();
        List<Long> numbers =
                all.stream().map(line -> Long.valueOf(line.split(" ")[1])).toList();
        assertThat(numbers).isSorted().doesNotHaveDuplicates();
        assertThat(numbers.get(numbers.size() - 1)).isEqualTo(61);
        for (int i = 0; i < 30; i++) {
            assertThat(all).contains("a " + (32 + i) + " k" + i);
        }
    }

    @Test
    void rateWithoutConflationIsNotUnderstood() {
        peer.send("{\"type\":\"subscribe\",\"id\":1,\"topic\":\"a\",\"maxRate\":2}");
        peer.send("{\"type\":\"subscribe\",\"id\":2,\"topic\":\"a\",\"mode\":\"conflated\",\"maxRate\":0}");
        peer.send("{\"type\":\"subscribe\",\"id\":3,\"topic\":\"a\",\"mode\":\"conflated\",\"maxRate\":1001}");
        assertThat(peer.take()).containsExactly("error#1 BAD_REQUEST", "error#2 BAD_REQUEST", "error#3 BAD_REQUEST");
    }

    @Test
    void slowestRateStillDeliversTheFirstRecord() {
        publishKeys("x");
        peer.send(subscribe("a", ",\"maxRate\":1e-300"));
        publishKeys("x", "x");
        rig.run(Duration.ofDays(365));
        assertThat(peer.take()).containsExactly("subscribed#1 a E:1/1", "a 2 x");
    }
}
