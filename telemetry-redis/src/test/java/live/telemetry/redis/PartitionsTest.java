package live.telemetry.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import live.telemetry.core.Topic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.util.JedisClusterCRC16;

class PartitionsTest {

    private static final int SLOTS = 16_384;

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 16, 1_024})
    void slotsOfPartitionsAreSpreadEvenly(int count) {
        Partitions partitions = new Partitions("telemetry", count, 0);
        for (Partition partition : partitions.all()) {
            int slot = JedisClusterCRC16.getSlot(partition.counterKey());
            assertThat(slot * count / SLOTS).isEqualTo(partition.index());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 6})
    void mastersOfAClusterGetEqualShares(int masters) {
        int[] shares = new int[masters];
        for (Partition partition : new Partitions("telemetry", 16, 0).all()) {
            shares[partition.slot() * masters / SLOTS]++;
        }
        assertThat(shares).containsOnly(16 / masters, 16 / masters + 1);
    }

    @Test
    void keysOfAPartitionShareASlot() {
        Topic topic = Topic.of("host.cpu");
        Partition partition = new Partitions("telemetry", 16, 0).of(topic);
        int slot = JedisClusterCRC16.getSlot(partition.counterKey());
        for (String key : new String[] {
            partition.registryKey(),
            partition.producerKey("p"),
            partition.metadataKey(topic),
            partition.streamKey(topic),
            partition.latestKey(topic)
        }) {
            assertThat(JedisClusterCRC16.getSlot(key)).as(key).isEqualTo(slot);
        }
    }

    @Test
    void topicsAreSpreadAndAlwaysAlike() {
        Partitions partitions = new Partitions("telemetry", 16, 0);
        int[] topics = new int[16];
        for (int i = 0; i < 16_000; i++) {
            topics[partitions.of(Topic.of("host.cpu" + i)).index()]++;
        }
        assertThat(Arrays.stream(topics).min().orElseThrow()).isGreaterThan(800);
        // Another version of this library, or another library, has to find the same.
        assertThat(partitions.of(Topic.of("host.cpu")).index()).isEqualTo(10);
        assertThat(partitions.get(10).channel()).isEqualTo("{telemetry:10:0}:db0");
    }

    @Test
    void channelsOfDatabasesDiffer() {
        assertThat(new Partitions("t", 1, 0).get(0).channel())
                .isNotEqualTo(new Partitions("t", 1, 1).get(0).channel());
    }
}
