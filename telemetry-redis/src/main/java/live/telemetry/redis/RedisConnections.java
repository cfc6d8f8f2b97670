package live.telemetry.redis;

import java.time.Duration;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisException;

/** Makes connections, logged in and named. Immutable. */
final class RedisConnections {

    /** A subscription that was silent for so many heartbeats is given up. */
    private static final int MISSED_HEARTBEATS = 3;

    /** An exchange, which may be of many commands, has so many times the time of one. */
    private static final int EXCHANGE_TIMEOUTS = 3;

    private final RedisSettings settings;

    RedisConnections(RedisSettings settings) {
        this.settings = settings;
    }

    /**
     * Connects to a Redis.
     *
     * @param node which
     * @param role what it is for; goes into its name
     * @throws JedisException if that fails
     */
    RedisConnection open(HostAndPort node, String role) {
        RedisAddress address = settings.address();
        RedisConnection connection = connect(node, address.login(), role, address.database());
        if (address.kind() == RedisAddress.Kind.CLUSTER) {
            connection.learnWhetherSharded();
        }
        return connection;
    }

    /** How long an exchange may take as a whole. */
    long exchangeNanos() {
        return EXCHANGE_TIMEOUTS * settings.commandTimeout().toNanos();
    }

    /**
     * Connects to a sentinel.
     *
     * @throws JedisException if that fails
     */
    RedisConnection openSentinel(HostAndPort sentinel) {
        return connect(sentinel, settings.address().sentinelLogin(), "topology", 0);
    }

    private RedisConnection connect(HostAndPort node, RedisLogin login, String role, int database) {
        DefaultJedisClientConfig.Builder config = DefaultJedisClientConfig.builder()
                // RESP3 brings nothing here that RESP2 does not have.
                .resp2()
                .autoNegotiateProtocol(false)
                .clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
                .connectionTimeoutMillis(millis(settings.connectTimeout()))
                .socketTimeoutMillis(millis(settings.commandTimeout()))
                // Without it a subscriber waits for ever on a connection that is dead.
                .blockingSocketTimeoutMillis(millis(settings.heartbeat().multipliedBy(MISSED_HEARTBEATS)))
                .database(database)
                .clientName(settings.clientName() + ':' + role)
                .user(login.user())
                .password(login.password());
        RedisSocketFactory sockets = new RedisSocketFactory(
                node,
                settings.address().tls(),
                settings.sslContext(),
                millis(settings.connectTimeout()),
                millis(settings.commandTimeout()));
        RedisConnection connection = new RedisConnection(sockets, config.build());
        connection.connect();
        return connection;
    }

    private static int millis(Duration duration) {
        return Math.toIntExact(duration.toMillis());
    }
}
