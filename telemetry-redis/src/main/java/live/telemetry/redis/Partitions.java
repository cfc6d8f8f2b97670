package live.telemetry.redis;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import live.telemetry.core.Topic;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.util.JedisClusterCRC16;

/** All partitions, and which topic belongs to which. Immutable; the same on every node with the same prefix and count. */
final class Partitions {

    private static final int SLOTS = 16_384;

    private final List<Partition> partitions;
    private final Map<String, Partition> byChannel = new HashMap<>();

    Partitions(String prefix, int count, int database) {
        this.partitions = IntStream.range(0, count)
                .mapToObj(index -> partition(prefix, index, count, database))
                .toList();
        partitions.forEach(partition -> byChannel.put(partition.channel(), partition));
    }

    private static Partition partition(String prefix, int index, int count, int database) {
        String tag = "{" + spreadTag(prefix + ':' + index, index, count) + "}";
        // Channels are shared by all databases of a Redis.
        return new Partition(index, tag, tag + ":db" + database);
    }

    /** A tag whose slot lies in this partition's share of all slots, so that a cluster's masters get equal shares. */
    private static String spreadTag(String name, int index, int count) {
        for (int salt = 0; ; salt++) {
            String tag = name + ':' + salt;
            if (JedisClusterCRC16.getSlot(tag) * count / SLOTS == index) {
                return tag;
            }
        }
    }

    int count() {
        return partitions.size();
    }

    List<Partition> all() {
        return partitions;
    }

    Partition get(int index) {
        return partitions.get(index);
    }

    Partition of(Topic topic) {
        CRC32 crc = new CRC32();
        crc.update(topic.name().getBytes(StandardCharsets.US_ASCII));
        return partitions.get((int) (crc.getValue() % partitions.size()));
    }

    @Nullable
    Partition byChannel(String channel) {
        return byChannel.get(channel);
    }
}
