package live.telemetry.redis;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Where a Redis is, and as whom to log in. Made from {@code redis://user:password@host:6379/0}; {@code rediss} is TLS.
 *
 * @param host name or address
 * @param port TCP port
 * @param tls whether to speak TLS
 * @param user ACL user; null for the default user
 * @param password null where there is none
 * @param database number of the database
 */
record RedisAddress(
        String host,
        int port,
        boolean tls,
        @Nullable String user,
        @Nullable String password,
        int database) {

    private static final int DEFAULT_PORT = 6379;

    static RedisAddress of(URI uri) {
        boolean tls = "rediss".equals(uri.getScheme());
        if (!tls && !"redis".equals(uri.getScheme())) {
            throw new IllegalArgumentException("uri must begin with redis:// or rediss://, not " + uri.getScheme());
        }
        if (uri.getHost() == null) {
            throw new IllegalArgumentException("uri must name a host, as in redis://user:password@host:6379/0");
        }
        String user = null;
        String password = null;
        String login = uri.getRawUserInfo();
        if (login != null) {
            int colon = login.indexOf(':');
            user = colon < 0 ? decoded(login) : decoded(login.substring(0, colon));
            password = colon < 0 ? null : decoded(login.substring(colon + 1));
        }
        int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
        boolean named = user != null && !user.isEmpty();
        return new RedisAddress(uri.getHost(), port, tls, named ? user : null, password, database(uri.getPath()));
    }

    private static int database(@Nullable String path) {
        if (path == null || path.isEmpty() || path.equals("/")) {
            return 0;
        }
        if (!path.matches("/\\d{1,9}")) {
            throw new IllegalArgumentException("the path of uri must be the number of a database, not " + path);
        }
        return Integer.parseInt(path.substring(1));
    }

    private static String decoded(String text) {
        // A plus sign means itself in this part of a URI.
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    RedisAddress withUser(String newUser) {
        return new RedisAddress(host, port, tls, newUser, password, database);
    }

    RedisAddress withPassword(String newPassword) {
        return new RedisAddress(host, port, tls, user, newPassword, database);
    }

    RedisAddress withDatabase(int newDatabase) {
        return new RedisAddress(host, port, tls, user, password, newDatabase);
    }

    /** Without the login: this goes into logs. */
    @Override
    public String toString() {
        return (tls ? "rediss://" : "redis://") + host + ':' + port + '/' + database;
    }
}
