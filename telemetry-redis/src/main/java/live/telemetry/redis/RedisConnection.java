package live.telemetry.redis;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Connection;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisException;

/** A connection on which commands may also be written by one thread and replies read by another, for subscriptions. */
final class RedisConnection extends Connection {

    private static final Logger LOG = LoggerFactory.getLogger(RedisConnection.class);

    private final RedisSocketFactory sockets;
    private volatile boolean sharded;

    RedisConnection(RedisSocketFactory sockets, JedisClientConfig config) {
        super(sockets, config);
        this.sockets = sockets;
    }

    /**
     * Sends commands and waits for all replies.
     *
     * @return a reply, or an exception that stands for one, for each
     */
    List<Object> exchange(List<StoreCommand> commands) {
        commands.forEach(command -> sendCommand(command.arguments()));
        return getMany(commands.size());
    }

    /** Sends a command and leaves the reply to whoever reads. */
    void write(StoreCommand command) {
        sendCommand(command.arguments());
        flush();
    }

    /** Publisher and subscriber of a partition ask the same node, so they agree, also while a cluster is being upgraded. */
    void learnWhetherSharded() {
        Object answer = exchange(List.of(StoreCommand.of(Command.COMMAND, "INFO", "SPUBLISH")))
                .get(0);
        sharded = answer instanceof List<?> commands && !commands.isEmpty() && commands.get(0) != null;
    }

    /** Whether Pub/Sub stays within the node that has the slot: in a cluster, from Redis 7 on. */
    boolean isSharded() {
        return sharded;
    }

    static void quietly(@Nullable RedisConnection connection) {
        if (connection != null) {
            try {
                // First, since closing TLS waits for whoever writes, and the peer may take nothing.
                connection.sockets.close();
                connection.forceDisconnect();
            } catch (IOException | JedisException e) {
                LOG.debug("a connection could not be closed: {}", e.getMessage());
            }
        }
    }
}
