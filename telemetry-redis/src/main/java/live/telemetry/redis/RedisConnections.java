package live.telemetry.redis;

import java.time.Duration;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.exceptions.JedisException;

/** Makes connections, logged in and named. Immutable. */
final class RedisConnections {

    /** A subscription that was silent for so many heartbeats is given up. */
    private static final int MISSED_HEARTBEATS = 3;

    private final RedisSettings settings;

    RedisConnections(RedisSettings settings) {
        this.settings = settings;
    }

    /**
     * Connects.
     *
     * @param role what it is for; goes into its name
     * @throws JedisException if that fails
     */
    Connection open(String role) {
        RedisAddress address = settings.address();
        DefaultJedisClientConfig.Builder config = DefaultJedisClientConfig.builder()
                // The push messages of RESP3 bring nothing here, and JedisPubSub.ping() breaks with them.
                .resp2()
                .autoNegotiateProtocol(false)
                .clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
                .connectionTimeoutMillis(millis(settings.connectTimeout()))
                .socketTimeoutMillis(millis(settings.commandTimeout()))
                // Without it a subscriber waits for ever on a connection that is dead.
                .blockingSocketTimeoutMillis(millis(settings.heartbeat().multipliedBy(MISSED_HEARTBEATS)))
                .database(address.database())
                .clientName(settings.clientName() + ':' + role)
                .user(address.user())
                .password(address.password());
        RedisSocketFactory sockets = new RedisSocketFactory(
                address, settings.sslContext(), millis(settings.connectTimeout()), millis(settings.commandTimeout()));
        Connection connection = new Connection(sockets, config.build());
        connection.connect();
        return connection;
    }

    private static int millis(Duration duration) {
        return Math.toIntExact(duration.toMillis());
    }
}
