package live.telemetry.redis;

import java.net.URI;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;

/**
 * Where a Redis is, and as whom to log in; {@link RedisUri} makes it of a URI.
 *
 * @param kind who is behind the hosts
 * @param hosts the Redis itself, sentinels, or some nodes of a cluster
 * @param tls whether to speak TLS, with all of them
 * @param login to Redis
 * @param sentinelLogin to the sentinels
 * @param masterName as which the sentinels know the master; empty unless there are sentinels
 * @param database number of the database
 */
record RedisAddress(
        Kind kind,
        List<HostAndPort> hosts,
        boolean tls,
        RedisLogin login,
        RedisLogin sentinelLogin,
        String masterName,
        int database) {

    /** Who is asked for the masters. */
    enum Kind {
        /** Nobody: it is the master. */
        SINGLE("redis"),
        /** Sentinels. */
        SENTINEL("redis-sentinel"),
        /** The nodes of a Redis Cluster. */
        CLUSTER("redis-cluster");

        private final String scheme;

        Kind(String scheme) {
            this.scheme = scheme;
        }

        String scheme(boolean tls) {
            return tls ? scheme.replaceFirst("redis", "rediss") : scheme;
        }
    }

    RedisAddress {
        hosts = List.copyOf(hosts);
        if (kind == Kind.SINGLE && hosts.size() != 1) {
            throw new IllegalArgumentException(
                    "uri must name one host; several are those of redis-sentinel:// or redis-cluster://");
        }
        if (kind == Kind.CLUSTER && database != 0) {
            throw new IllegalArgumentException("a Redis Cluster has only database 0, not " + database);
        }
    }

    static RedisAddress of(URI uri) {
        return RedisUri.parse(uri);
    }

    RedisAddress withUser(@Nullable String user) {
        return with(new RedisLogin(user, login.password()), database);
    }

    RedisAddress withPassword(@Nullable String password) {
        return with(new RedisLogin(login.user(), password), database);
    }

    RedisAddress withDatabase(int newDatabase) {
        return with(login, newDatabase);
    }

    private RedisAddress with(RedisLogin newLogin, int newDatabase) {
        return new RedisAddress(kind, hosts, tls, newLogin, sentinelLogin, masterName, newDatabase);
    }

    /** Without the logins: this goes into logs. */
    @Override
    public String toString() {
        String all = hosts.stream().map(HostAndPort::toString).collect(Collectors.joining(","));
        String name = kind == Kind.SENTINEL ? "/" + masterName : "";
        return kind.scheme(tls) + "://" + all + name + '/' + database;
    }
}
