package live.telemetry.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.ArrayList;
import java.util.List;
import live.telemetry.core.LocalBroadcaster;
import live.telemetry.core.Publication;
import live.telemetry.core.Retention;
import live.telemetry.core.Topic;
import live.telemetry.core.json.JsonData;
import live.telemetry.server.log.ReaderTurns;
import live.telemetry.server.log.SegmentPool;
import live.telemetry.tck.VirtualTime;
import org.junit.jupiter.api.Test;

/** What 100,000 topics with one record of 190 bytes cost; prints it with {@code -Dtelemetry.print=true}. */
class SmallTopicsMemoryTest {

    private static final int TOPICS = 100_000;
    private static final int FRAME_BYTES = 190;

    private final VirtualHousekeeping housekeeping = new VirtualHousekeeping(new VirtualTime());
    private final SegmentPool pool = new SegmentPool(256 << 20, new ReaderTurns(4));

    @Test
    void hundredThousandSmallTopicsFit() {
        List<Topic> topics = new ArrayList<>();
        for (int i = 0; i < TOPICS; i++) {
            topics.add(Topic.of(String.format("rack.%05d.temp", i)));
        }
        long before = heapBytes();
        Node node = new Node(
                new LocalBroadcaster(),
                LogReading.FRAMING,
                Retention.DEFAULT,
                new NodeLimits(1_000, 100),
                pool,
                housekeeping,
                housekeeping);
        node.start();
        String text = "x".repeat(FRAME_BYTES - 78);
        topics.forEach(topic -> node.publish(new Publication(topic, 1_700_000_000_000L, null, JsonData.of(text))));
        long heapEach = (heapBytes() - before) / TOPICS;
        long directEach = pool.reservedBytes() / TOPICS;

        if (Boolean.getBoolean("telemetry.print")) {
            System.out.printf("heap %d, direct %d bytes a topic%n", heapEach, directEach);
        }
        assertThat(node.stats().topics()).isEqualTo(TOPICS);
        assertThat(node.topics().iterator().next().log().bytes()).isEqualTo(FRAME_BYTES);
        assertThat(node.stats().reclaimedBytes()).isZero();
        assertThat(directEach).as("direct bytes a topic").isLessThanOrEqualTo(1_034);
        assertThat(heapEach).as("heap bytes a topic").isLessThanOrEqualTo(1_300);
    }

    private static long heapBytes() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }
}
