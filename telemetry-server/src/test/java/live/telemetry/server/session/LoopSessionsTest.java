package live.telemetry.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import live.telemetry.core.Publication;
import live.telemetry.core.Topic;
import live.telemetry.core.json.JsonData;
import org.junit.jupiter.api.Test;

/** From a log that changed to the sessions that follow it: woken once, and never left asleep. */
class LoopSessionsTest {

    private static final String SUBSCRIBE_A = "{\"type\":\"subscribe\",\"id\":1,\"topic\":\"a\"}";

    private final SessionRig rig = SessionRig.local();

    private void publishWithoutTurning(String topic) {
        rig.node().publish(new Publication(Topic.of(topic), rig.loop().wallMillis(), null, JsonData.parse("0")));
    }

    @Test
    void topicThatChangesOftenWakesItsLoopOnce() {
        rig.publish("a");
        rig.publish("b");
        TestPeer peer = rig.connect().send(SUBSCRIBE_A).send("{\"type\":\"subscribe\",\"id\":2,\"topic\":\"b\"}");
        peer.take();
        int before = rig.loop().wakeUps();
        for (int i = 0; i < 10; i++) {
            publishWithoutTurning("a");
            publishWithoutTurning("b");
        }
        assertThat(rig.loop().wakeUps() - before).as("once for each topic").isEqualTo(2);
        assertThat(rig.sessions().hasChanges()).isTrue();
        rig.settle();
        assertThat(rig.sessions().hasChanges()).isFalse();
        assertThat(peer.take()).hasSize(20);

        publishWithoutTurning("a");
        assertThat(rig.loop().wakeUps() - before)
                .as("and once more after it has looked")
                .isEqualTo(3);
        rig.settle();
        assertThat(peer.take()).containsExactly("a 12");
    }

    @Test
    void topicThatNobodyFollowsWakesNobody() {
        rig.publish("a");
        TestPeer peer = rig.connect().send(SUBSCRIBE_A);
        peer.send("{\"type\":\"unsubscribe\",\"id\":2,\"topic\":\"a\"}");
        int before = rig.loop().wakeUps();
        publishWithoutTurning("a");
        assertThat(rig.loop().wakeUps()).isEqualTo(before);
        assertThat(rig.sessions().hasChanges()).isFalse();
    }

    @Test
    void sessionThatLeavesWhileItsTopicHasChangedIsLeftAlone() {
        rig.publish("a");
        TestPeer leaves = rig.connect().send(SUBSCRIBE_A);
        TestPeer stays = rig.connect().send(SUBSCRIBE_A);
        leaves.take();
        stays.take();
        publishWithoutTurning("a");
        leaves.disconnect();
        assertThat(leaves.take()).isEmpty();
        assertThat(stays.take()).containsExactly("a 2");
    }

    @Test
    void otherSessionsOfATopicFollowItWhicheverLeave() {
        rig.publish("a");
        for (long seed = 1; seed <= 20; seed++) {
            List<TestPeer> peers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                peers.add(rig.connect().send(SUBSCRIBE_A));
            }
            Collections.shuffle(peers, new Random(seed));
            while (!peers.isEmpty()) {
                peers.remove(0).disconnect();
                peers.forEach(TestPeer::take);
                rig.publish("a");
                for (TestPeer peer : peers) {
                    assertThat(peer.take()).as("seed %d", seed).hasSize(1);
                }
            }
        }
        assertThat(rig.sessions().sessions()).isEmpty();
    }

    @Test
    void everySessionLearnsOfATopicThatIsBorn() {
        TestPeer exact = rig.connect().send(SUBSCRIBE_A);
        TestPeer pattern = rig.connect().send("{\"type\":\"subscribe\",\"id\":1,\"topic\":\"*\"}");
        TestPeer other = rig.connect().send("{\"type\":\"subscribe\",\"id\":1,\"topic\":\"a.*\"}");
        List.of(exact, pattern, other).forEach(TestPeer::take);
        rig.publish("a");
        assertThat(exact.take()).containsExactly("subscribed a E:0/1", "a 1");
        assertThat(pattern.take()).containsExactly("subscribed a E:0/1 by *", "a 1");
        assertThat(other.take()).isEmpty();
    }

    /** Whoever appends pushes onto the loop's stack while the loop takes from it. */
    @Test
    void noWakeUpIsLostBetweenThreads() throws InterruptedException {
        int records = 3_000;
        TestPeer peer = rig.connect();
        for (int i = 0; i < 4; i++) {
            peer.send("{\"type\":\"subscribe\",\"topic\":\"t." + i + "\"}");
        }
        List<Thread> publishers = IntStream.range(0, 4)
                .mapToObj(i ->
                        new Thread(() -> IntStream.range(0, records).forEach(n -> publishWithoutTurning("t." + i))))
                .toList();
        publishers.forEach(Thread::start);
        while (publishers.stream().anyMatch(Thread::isAlive)) {
            rig.loop().turn();
        }
        for (Thread publisher : publishers) {
            publisher.join();
        }
        rig.settle();
        List<String> all = peer.take();
        for (int i = 0; i < 4; i++) {
            String topic = "t." + i + ' ';
            assertThat(all.stream().filter(line -> line.startsWith(topic)))
                    .containsExactlyElementsOf(LongStream.rangeClosed(1, records)
                            .mapToObj(seq -> topic + seq)
                            .toList());
        }
    }
}
