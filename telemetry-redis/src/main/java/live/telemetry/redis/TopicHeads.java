package live.telemetry.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.Topic;
import redis.clients.jedis.Protocol.Command;

/** Reads the newest positions of topics, page by page. Any thread. */
final class TopicHeads {

    private static final int PAGE = 512;

    private final StoreReaders reader;
    private final KnownHeads known;

    TopicHeads(StoreReaders reader, KnownHeads known) {
        this.reader = reader;
        this.known = known;
    }

    /** Those of named topics of one partition; a topic without records is left out. */
    CompletableFuture<Map<Topic, Position>> of(Partition partition, List<Topic> topics) {
        CompletableFuture<Map<Topic, Position>> heads = CompletableFuture.completedFuture(new HashMap<>());
        for (int from = 0; from < topics.size(); from += PAGE) {
            List<Topic> page = topics.subList(from, Math.min(topics.size(), from + PAGE));
            heads = heads.thenCombine(page(partition, page), TopicHeads::merge);
        }
        return heads;
    }

    /** Those of all topics of one partition. */
    CompletableFuture<Map<Topic, Position>> all(Partition partition) {
        return matching(partition, topic -> true);
    }

    /** Those of the topics of one partition that are wanted. */
    CompletableFuture<Map<Topic, Position>> matching(Partition partition, Predicate<Topic> wanted) {
        return scan(partition, wanted, "0", new HashMap<>());
    }

    private CompletableFuture<Map<Topic, Position>> scan(
            Partition partition, Predicate<Topic> wanted, String cursor, Map<Topic, Position> found) {
        return reader.ask(
                        partition,
                        // A scan is its own: another one's page may have been read before what this one looks for.
                        new Object(),
                        () -> StoreCommand.of(
                                Command.ZSCAN, partition.registryKey(), cursor, "COUNT", String.valueOf(PAGE)),
                        RegistryPage::of)
                .thenCompose(registry -> of(
                                partition,
                                registry.topics().stream().filter(wanted).toList())
                        .thenCompose(heads -> {
                            found.putAll(heads);
                            return registry.cursor().equals("0")
                                    ? CompletableFuture.completedFuture(found)
                                    : scan(partition, wanted, registry.cursor(), found);
                        }));
    }

    private CompletableFuture<Map<Topic, Position>> page(Partition partition, List<Topic> topics) {
        return reader.ask(partition, List.of("heads", topics), () -> command(partition, topics), reply -> {
            List<?> parts = (List<?>) reply;
            Map<Topic, Position> heads = new HashMap<>();
            for (int i = 0; i < topics.size(); i++) {
                Position head = new Position(text(parts.get(2 * i)), Long.parseLong(text(parts.get(2 * i + 1))));
                if (!head.equals(Position.NONE)) {
                    heads.put(topics.get(i), head);
                }
            }
            return heads;
        });
    }

    private StoreCommand command(Partition partition, List<Topic> topics) {
        List<String> keys = topics.stream().map(partition::metadataKey).toList();
        List<Object> arguments = StoreCommand.list(RandomNames.next());
        arguments.add(known.fence().argument());
        for (Topic topic : topics) {
            Position newest = known.known(topic);
            arguments.add(newest.epoch());
            arguments.add(newest.seq());
        }
        return StoreCommand.call(LuaScript.HEADS, keys, arguments);
    }

    static Map<Topic, Position> merge(Map<Topic, Position> one, Map<Topic, Position> other) {
        Map<Topic, Position> both = new HashMap<>(one);
        both.putAll(other);
        return both;
    }

    private static String text(Object part) {
        return new String((byte[]) part, StandardCharsets.US_ASCII);
    }

    /** One answer to {@code ZSCAN}; what is no topic is skipped. */
    private record RegistryPage(String cursor, List<Topic> topics) {

        static RegistryPage of(Object reply) {
            List<?> parts = (List<?>) reply;
            List<Topic> topics = new ArrayList<>();
            List<?> members = (List<?>) parts.get(1);
            for (int i = 0; i < members.size(); i += 2) {
                try {
                    topics.add(Topic.of(text(members.get(i))));
                } catch (TelemetryException e) {
                    continue;
                }
            }
            return new RegistryPage(text(parts.get(0)), topics);
        }
    }
}
