package live.telemetry.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisConnectionException;

class TopologyTest {

    private static final HostAndPort A = new HostAndPort("a", 1);
    private static final HostAndPort B = new HostAndPort("b", 1);

    private final Partitions partitions = new Partitions("t", 2, 0);
    private final Scripted finder = new Scripted();
    private final List<MasterMap> told = new CopyOnWriteArrayList<>();
    private final Topology topology = Topology.found(finder, partitions, Duration.ofHours(1));

    /** Answers what it is given, and fails when there is nothing left. */
    private static final class Scripted implements MasterFinder {

        private final BlockingQueue<MasterMap> answers = new LinkedBlockingQueue<>();
        private final List<List<HostAndPort>> hints = new CopyOnWriteArrayList<>();

        @Override
        public MasterMap find(List<HostAndPort> better) {
            hints.add(better);
            MasterMap answer = answers.poll();
            if (answer == null) {
                throw new JedisConnectionException("nobody answers");
            }
            return answer;
        }

        @Override
        public void close() {}
    }

    @AfterEach
    void close() {
        topology.close();
    }

    private void start(MasterMap first) {
        finder.answers.add(first);
        topology.start(told::add);
        awaitMap(first);
    }

    private void awaitMap(MasterMap map) {
        Awaitility.await().until(() -> topology.current().equals(map));
    }

    @Test
    void nobodyAnsweringIsToldAndAskedAgain() {
        topology.start(told::add);
        Awaitility.await().until(() -> finder.hints.size() > 2);
        assertThat(told).allMatch(map -> map.masters().isEmpty()).isNotEmpty();
        finder.answers.add(MasterMap.of(A, 2));
        awaitMap(MasterMap.of(A, 2));
    }

    @Test
    void suspicionAsksSoon() {
        start(MasterMap.of(A, 2));
        finder.answers.add(MasterMap.of(B, 2));
        topology.suspect();
        awaitMap(MasterMap.of(B, 2));
        assertThat(told).containsExactly(MasterMap.of(A, 2), MasterMap.of(B, 2));
    }

    @Test
    void redirectionCountsAtOnceAndSaysWhomToAsk() {
        start(MasterMap.of(A, 2));
        topology.moved(partitions.get(1).slot(), B);
        awaitMap(MasterMap.of(List.of(A, B)));
        Awaitility.await().untilAsserted(() -> assertThat(finder.hints).contains(List.of(B)));
    }

    @Test
    void whatIsKnownStaysWhileNobodyAnswers() {
        start(MasterMap.of(A, 2));
        int asked = finder.hints.size();
        topology.suspect();
        Awaitility.await().until(() -> finder.hints.size() > asked);
        assertThat(topology.current()).isEqualTo(MasterMap.of(A, 2));
        assertThat(told).hasSize(1);
    }
}
