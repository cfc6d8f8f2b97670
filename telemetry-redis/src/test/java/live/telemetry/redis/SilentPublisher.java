package live.telemetry.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import live.telemetry.core.Topic;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol.Command;

/** Stores records whose messages reach nobody, as if they were lost on the way. */
final class SilentPublisher {

    private final Partitions partitions = new Partitions(RedisBroadcasterBuilder.DEFAULT_KEY_PREFIX, 16, 0);
    private final String producer = RandomNames.next();
    private final Jedis jedis;
    private long number;

    SilentPublisher(Jedis jedis) {
        this.jedis = jedis;
    }

    void store(Topic topic, int value) {
        storeRaw(topic, RecordBytes.encode(StoreRig.publication(topic, value)), false);
    }

    /** Stores bytes that need not be a record. */
    void storeRaw(Topic topic, byte[] record, boolean tell) {
        Partition partition = partitions.of(topic);
        Partition silent = new Partition(partition.index(), partition.tag(), "nobody listens");
        PublishBatch batch = new PublishBatch(++number);
        batch.add(new PendingPublish(topic, null, record, 0, new CompletableFuture<>()));
        StoreCommand command = batch.command(
                tell ? partition : silent,
                producer,
                new ArrayList<Object>(List.of(10_000, 10_000_000, 3_600_000, 36_000_000, 60_000, 10)),
                new KnownHeads(new FenceMode()),
                RandomNames.next(),
                Command.PUBLISH);
        Connection connection = jedis.getConnection();
        connection.sendCommand(StoreCommand.of(Command.SCRIPT, "LOAD", LuaScript.PUBLISH.source())
                .arguments());
        connection.sendCommand(command.arguments());
        connection.getMany(2);
    }
}
