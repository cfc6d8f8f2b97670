package live.telemetry.redis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import redis.clients.jedis.Protocol.Command;

/**
 * What one script call stores: records of one partition, by topic, under a number of its producer. The number stays the same
 * however often it is sent. Guarded by its lane.
 */
final class PublishBatch {

    static final int MAX_RECORDS = 512;
    static final int MAX_BYTES = 256 * 1024;

    private final long number;
    private final Map<Topic, List<PendingPublish>> topics = new LinkedHashMap<>();
    private int records;
    private int bytes;

    PublishBatch(long number) {
        this.number = number;
    }

    /** A record larger than a batch has one of its own. */
    boolean hasRoomFor(PendingPublish publish) {
        return records == 0 || (records < MAX_RECORDS && bytes + publish.bytes().length <= MAX_BYTES);
    }

    void add(PendingPublish publish) {
        topics.computeIfAbsent(publish.topic(), topic -> new ArrayList<>()).add(publish);
        records++;
        bytes += publish.bytes().length;
    }

    int size() {
        return records;
    }

    /** All records, those of a topic in their order. */
    List<PendingPublish> publishes() {
        List<PendingPublish> all = new ArrayList<>(records);
        topics.values().forEach(all::addAll);
        return all;
    }

    boolean isAnswered() {
        return topics.values().stream()
                .allMatch(list -> list.stream().allMatch(p -> p.answer().isDone()));
    }

    /** The call of {@code publish.lua}; the fresh epoch must be another each time. */
    StoreCommand command(
            Partition partition,
            String producer,
            List<Object> settings,
            KnownHeads heads,
            String epoch,
            Command publish) {
        List<String> keys = StoreCommand.list(partition.counterKey());
        keys.add(partition.registryKey());
        keys.add(partition.producerKey(producer));
        List<Object> arguments = StoreCommand.list(number);
        arguments.add(epoch);
        arguments.add(heads.fence().argument());
        arguments.add(publish);
        arguments.add(partition.channel());
        arguments.addAll(settings);
        topics.forEach((topic, publishes) -> {
            keys.add(partition.metadataKey(topic));
            keys.add(partition.streamKey(topic));
            keys.add(partition.latestKey(topic));
            addTopic(arguments, topic, publishes, heads.known(topic));
        });
        return StoreCommand.call(LuaScript.PUBLISH, keys, arguments);
    }

    private static void addTopic(List<Object> arguments, Topic topic, List<PendingPublish> publishes, Position known) {
        // Of several records with one key only the last is the latest.
        Map<String, Integer> latest = new LinkedHashMap<>();
        int unkeyed = -1;
        for (int i = 0; i < publishes.size(); i++) {
            String key = publishes.get(i).key();
            if (key == null) {
                unkeyed = i;
            } else {
                latest.put(key, i);
            }
        }
        arguments.add(topic.name());
        arguments.add(known.epoch());
        arguments.add(known.seq());
        arguments.add(publishes.size());
        arguments.add(latest.size());
        arguments.add(unkeyed);
        publishes.forEach(publish -> arguments.add(publish.bytes()));
        latest.forEach((key, index) -> {
            arguments.add(key);
            arguments.add(index);
        });
    }

    /**
     * Reads the script's answer.
     *
     * @return the position of each of {@link #publishes}; {@link Position#NONE} for one that was not stored
     */
    List<Position> positions(String answer) {
        String[] parts = answer.split(" ");
        List<Position> positions = new ArrayList<>(records);
        int at = 0;
        for (List<PendingPublish> publishes : topics.values()) {
            String epoch = parts[at];
            long first = Long.parseLong(parts[at + 1]);
            for (int i = 0; i < publishes.size(); i++) {
                positions.add(first == 0 ? Position.NONE : new Position(epoch, first + i));
            }
            at += 2;
        }
        return positions;
    }
}
