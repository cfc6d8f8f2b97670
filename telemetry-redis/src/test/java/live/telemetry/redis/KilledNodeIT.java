package live.telemetry.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.History;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import live.telemetry.tck.NodeModel;
import live.telemetry.tck.Scheduler;
import live.telemetry.tck.proxy.Cut;
import live.telemetry.tck.proxy.FaultProxy;
import org.junit.jupiter.api.Test;

/** A node whose process is killed while it publishes. */
class KilledNodeIT {

    private static final Topic TOPIC = Topic.of("killed.node");
    private static final int ACKNOWLEDGED_BEFORE_THE_END = 3_000;

    @Test
    void nothingThatWasAcknowledgedIsLostAndNothingIsStoredTwice() {
        try (RedisProcess redis = RedisProcess.volatileOne(RedisBinary.preferred());
                FaultProxy proxy = FaultProxy.to(redis.port());
                StoreRig rig = new StoreRig();
                ForkedJvm node = new ForkedJvm(PublishingNode.class, "redis://127.0.0.1:" + proxy.port())) {
            RedisBroadcaster survivor = rig.node(redis.uri());
            Map<Long, Integer> acknowledged = acknowledgedUntilKilled(node, proxy);
            assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(ACKNOWLEDGED_BEFORE_THE_END);

            List<Integer> stored = readAll(survivor);
            acknowledged.forEach((seq, number) ->
                    assertThat(stored.get((int) (seq - 1))).as("seq " + seq).isEqualTo(number));
            assertThat(stored).doesNotHaveDuplicates().isSorted();
            // The numbers go on for whoever lives.
            assertThat(StoreRig.publish(survivor, TOPIC, 1, 1).seq()).isEqualTo(stored.size() + 1L);
        }
    }

    /** Reads what the node says, cuts its connections now and then so that batches are repeated, and kills it in the middle. */
    private static Map<Long, Integer> acknowledgedUntilKilled(ForkedJvm node, FaultProxy proxy) {
        Map<Long, Integer> acknowledged = new HashMap<>();
        String line;
        while ((line = node.readLine()) != null) {
            String[] parts = line.split(" ");
            if (parts.length == 3) {
                acknowledged.put(Long.parseLong(parts[0]), Integer.parseInt(parts[1]));
            }
            if (acknowledged.size() % 500 == 0) {
                proxy.cut(Cut.RESET);
            }
            if (acknowledged.size() == ACKNOWLEDGED_BEFORE_THE_END) {
                node.kill();
            }
        }
        return acknowledged;
    }

    private static List<Integer> readAll(Broadcaster broadcaster) {
        List<Integer> all = new ArrayList<>();
        Position after = Position.NONE;
        while (true) {
            History page = StoreRig.history(broadcaster, TOPIC, after);
            if (page.records().isEmpty()) {
                return all;
            }
            assertThat(page.continuity()).isEqualTo(History.Continuity.CONTINUES);
            all.addAll(StoreRig.numbers(page.records()));
            after = new Position(
                    page.head().epoch(), page.next() - 1 + page.records().size());
        }
    }

    /** The node that is killed: publishes ascending numbers, and prints each that is acknowledged, with a full stop. */
    static final class PublishingNode {

        private static final int MOST = 9_000;

        public static void main(String[] arguments) {
            Broadcaster broadcaster = RedisCluster.impatient(arguments[0])
                    .publishTimeout(Duration.ofSeconds(30))
                    .build();
            broadcaster.start(new NodeModel("killed", Scheduler.realTime()));
            for (int number = 1; number <= MOST; number++) {
                int mine = number;
                broadcaster
                        .publish(StoreRig.publication(TOPIC, number))
                        .thenAccept(position -> System.out.println(position.seq() + " " + mine + " ."));
                if (number % 10 == 0) {
                    LockSupport.parkNanos(1_000_000);
                }
            }
            LockSupport.parkNanos(Duration.ofSeconds(30).toNanos());
            broadcaster.close();
        }
    }
}
