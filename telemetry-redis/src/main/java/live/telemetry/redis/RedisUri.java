package live.telemetry.redis;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import live.telemetry.redis.RedisAddress.Kind;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;

/**
 * Reads the URIs that say where Redis is; with {@code rediss} in front, TLS is spoken.
 *
 * <pre>
 *  redis://user:password@host:6379/0
 *  redis-sentinel://user:password@host:26379,host/master-name/0?sentinelUser=…&amp;sentinelPassword=…
 *  redis-cluster://user:password@host:6379,host
 * </pre>
 */
final class RedisUri {

    private static final int REDIS_PORT = 6379;
    private static final int SENTINEL_PORT = 26379;
    private static final int MAX_PORT = 65_535;
    private static final String SENTINEL_USER = "sentinelUser";
    private static final String SENTINEL_PASSWORD = "sentinelPassword";
    private static final Pattern HOST = Pattern.compile("(\\[[^]]+]|[^:\\[\\]]+)(?::(\\d{1,5}))?");

    private RedisUri() {}

    static RedisAddress parse(URI uri) {
        String scheme = String.valueOf(uri.getScheme());
        boolean tls = scheme.startsWith("rediss");
        Kind kind = kind(scheme, tls);
        String authority = uri.getRawAuthority();
        int at = authority == null ? -1 : authority.lastIndexOf('@');
        if (authority == null || at + 1 == authority.length()) {
            throw new IllegalArgumentException("uri must name a host, as in redis://user:password@host:6379/0");
        }
        Map<String, String> query = query(uri.getRawQuery(), kind);
        List<String> path = path(uri.getRawPath());
        String masterName = "";
        if (kind == Kind.SENTINEL) {
            if (path.isEmpty()) {
                throw new IllegalArgumentException(
                        "uri must name the master that the sentinels watch, as in redis-sentinel://host:26379/mymaster");
            }
            masterName = path.remove(0);
        }
        return new RedisAddress(
                kind,
                hosts(authority.substring(at + 1), kind == Kind.SENTINEL ? SENTINEL_PORT : REDIS_PORT),
                tls,
                at < 0 ? RedisLogin.NONE : login(authority.substring(0, at)),
                new RedisLogin(query.get(SENTINEL_USER), query.get(SENTINEL_PASSWORD)),
                masterName,
                database(path));
    }

    private static Kind kind(String scheme, boolean tls) {
        return Arrays.stream(Kind.values())
                .filter(kind -> kind.scheme(tls).equals(scheme))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("uri must begin with redis://, redis-sentinel:// or"
                        + " redis-cluster://, or with rediss for TLS, not with " + scheme));
    }

    private static List<HostAndPort> hosts(String text, int defaultPort) {
        List<HostAndPort> hosts = new ArrayList<>();
        for (String host : text.split(",", -1)) {
            Matcher parts = HOST.matcher(host);
            if (!parts.matches()) {
                throw malformed("must name hosts as host or host:port");
            }
            int port = parts.group(2) == null ? defaultPort : Integer.parseInt(parts.group(2));
            if (port < 1 || port > MAX_PORT) {
                throw malformed("must name ports from 1 to " + MAX_PORT);
            }
            hosts.add(new HostAndPort(parts.group(1), port));
        }
        return hosts;
    }

    /** Does not repeat the text: what does not fit may be a part of a password. */
    private static IllegalArgumentException malformed(String rule) {
        return new IllegalArgumentException(
                "uri " + rule + "; in a user or password write / as %2F, ? as %3F, # as %23, @ as %40 and % as %25");
    }

    private static RedisLogin login(String text) {
        int colon = text.indexOf(':');
        String user = decoded(colon < 0 ? text : text.substring(0, colon));
        String password = colon < 0 ? null : decoded(text.substring(colon + 1));
        return new RedisLogin(user.isEmpty() ? null : user, password);
    }

    private static List<String> path(@Nullable String path) {
        List<String> parts = new ArrayList<>();
        if (path != null && path.length() > 1) {
            for (String part : path.substring(1).split("/", -1)) {
                parts.add(decoded(part));
            }
        }
        return parts;
    }

    private static int database(List<String> path) {
        if (path.isEmpty()) {
            return 0;
        }
        String number = String.join("/", path);
        if (!number.matches("\\d{1,9}")) {
            throw malformed("must end with the number of a database, or with its hosts");
        }
        return Integer.parseInt(number);
    }

    private static Map<String, String> query(@Nullable String query, Kind kind) {
        Map<String, String> values = new HashMap<>();
        if (query != null) {
            for (String pair : query.split("&", -1)) {
                String[] parts = pair.split("=", 2);
                boolean known = parts[0].equals(SENTINEL_USER) || parts[0].equals(SENTINEL_PASSWORD);
                if (kind != Kind.SENTINEL || !known || parts.length < 2) {
                    throw new IllegalArgumentException("uri has a parameter that is not known: " + parts[0]);
                }
                values.put(parts[0], decoded(parts[1]));
            }
        }
        return values;
    }

    private static String decoded(String text) {
        // A plus sign means itself in these parts of a URI.
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
