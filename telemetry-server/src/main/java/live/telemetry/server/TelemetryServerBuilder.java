package live.telemetry.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import live.telemetry.core.Authenticator;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.Identity;
import live.telemetry.core.LocalBroadcaster;
import live.telemetry.core.MetricSource;
import live.telemetry.core.Retention;
import live.telemetry.core.Rights;
import live.telemetry.server.net.http.AccessRules;
import live.telemetry.server.net.http.TokenSources;
import org.jspecify.annotations.Nullable;

/** Configures a {@link TelemetryServer}. Each method validates at once and returns this. For one thread. */
public final class TelemetryServerBuilder {

    /** Where a server listens unless told otherwise: only this machine. */
    public static final String DEFAULT_HOST = "127.0.0.1";

    /** The port unless told otherwise. */
    public static final int DEFAULT_PORT = 8080;

    /** The base path unless told otherwise. */
    public static final String DEFAULT_PATH = "/telemetry";

    /** The interval of heartbeats unless told otherwise. */
    public static final Duration DEFAULT_HEARTBEAT = Duration.ofSeconds(15);

    /** The shortest time between two rounds of writes unless told otherwise: as soon as there is something. */
    public static final Duration DEFAULT_FLUSH_INTERVAL = Duration.ZERO;

    String host = DEFAULT_HOST;
    int port = DEFAULT_PORT;
    String path = DEFAULT_PATH;
    String node = "node-" + Integer.toString(ThreadLocalRandom.current().nextInt(1 << 20, 1 << 30), 36);
    int eventLoops = Runtime.getRuntime().availableProcessors();
    Duration heartbeat = DEFAULT_HEARTBEAT;
    Duration flushInterval = DEFAULT_FLUSH_INTERVAL;
    Retention retention = Retention.DEFAULT;
    ServerLimits limits = ServerLimits.DEFAULT;
    ServerListener listener = ServerListener.NONE;

    @Nullable
    Authenticator authenticator;

    @Nullable
    Identity anonymous;

    @Nullable
    Broadcaster broadcaster;

    @Nullable
    ServerTls tls;

    final List<MetricSource> sources = new ArrayList<>();
    final ServedFiles files;
    private final List<String> allowedOrigins = new ArrayList<>();
    private final List<String> allowedHosts = new ArrayList<>(AccessRules.LOOPBACK_HOSTS);
    TokenSources tokenSources = TokenSources.DEFAULT;

    TelemetryServerBuilder() {
        this.files = new ServedFiles();
    }

    /** A server's own, which nobody changes any more. */
    private TelemetryServerBuilder(TelemetryServerBuilder other) {
        this.host = other.host;
        this.port = other.port;
        this.path = other.path;
        this.node = other.node;
        this.eventLoops = other.eventLoops;
        this.heartbeat = other.heartbeat;
        this.flushInterval = other.flushInterval;
        this.retention = other.retention;
        this.limits = other.limits;
        this.listener = other.listener;
        this.authenticator = other.authenticator;
        this.anonymous = other.anonymous;
        this.broadcaster = other.broadcaster;
        this.tls = other.tls;
        this.tokenSources = other.tokenSources;
        this.files = new ServedFiles(other.files);
        this.sources.addAll(other.sources);
        this.allowedOrigins.addAll(other.allowedOrigins);
        this.allowedHosts.clear();
        this.allowedHosts.addAll(other.allowedHosts);
    }

    /**
     * The address to listen on.
     *
     * @param address a host name or address of this machine; {@code 0.0.0.0} for all
     * @return this
     */
    public TelemetryServerBuilder host(String address) {
        require(!address.isBlank(), "host must not be blank");
        this.host = address;
        return this;
    }

    /**
     * The port to listen on.
     *
     * @param number 0 to 65535; 0 picks a free one
     * @return this
     */
    public TelemetryServerBuilder port(int number) {
        require(number >= 0 && number <= 65_535, "port must be from 0 to 65535: " + number);
        this.port = number;
        return this;
    }

    /**
     * Speaks TLS on the port ({@code https}, {@code wss}), and nothing else. By default it speaks none.
     *
     * @param certificates the server's
     * @return this
     */
    public TelemetryServerBuilder tls(ServerTls certificates) {
        this.tls = certificates;
        return this;
    }

    /**
     * The path under which telemetry is served.
     *
     * @param base begins with a slash and does not end with one
     * @return this
     */
    public TelemetryServerBuilder path(String base) {
        require(base.matches("(/[A-Za-z0-9._~-]+)+"), "path must look like /telemetry: " + base);
        this.path = base;
        return this;
    }

    /**
     * Pages to serve beside the telemetry, such as a dashboard; none by default. May be called again with another path.
     *
     * @param at where their {@link WebPages#INDEX} is served, such as {@code /dashboard}; {@code app.js} is then at {@code
     *     /dashboard/app.js}, to which the index refers as {@code dashboard/app.js}. {@code /} for the root
     * @param pages what is served, without a token
     * @return this
     */
    public TelemetryServerBuilder pages(String at, WebPages pages) {
        require(at.matches("/|(/[A-Za-z0-9._~-]+)+"), "the path of pages must look like /dashboard, or be /: " + at);
        files.add(at, pages);
        return this;
    }

    /**
     * The node's name, which clients see in {@code welcome} and in the health.
     *
     * @param name 1 to 64 characters
     * @return this
     */
    public TelemetryServerBuilder node(String name) {
        require(!name.isBlank() && name.length() <= 64, "node must have 1 to 64 characters: " + name);
        this.node = name;
        return this;
    }

    /**
     * How many event loops share the connections.
     *
     * @param count 1 to 128; by default one for each core
     * @return this
     */
    public TelemetryServerBuilder eventLoops(int count) {
        require(count >= 1 && count <= 128, "eventLoops must be from 1 to 128: " + count);
        this.eventLoops = count;
        return this;
    }

    /**
     * Who may connect. Needed, unless {@link #allowAnonymous()} is called.
     *
     * @param verifier for instance a {@link live.telemetry.server.auth.JwtAuthenticator}
     * @return this
     */
    public TelemetryServerBuilder authenticator(Authenticator verifier) {
        this.authenticator = verifier;
        return this;
    }

    /**
     * Lets everybody connect without a token and read every topic, but publish to none. The server then answers only under the
     * names of {@link #allowedHosts}, so that no page of the web can reach it through the visitor's browser.
     *
     * @return this
     */
    public TelemetryServerBuilder allowAnonymous() {
        return allowAnonymous(Rights.READ_ALL);
    }

    /**
     * Lets everybody connect without a token, as {@link #allowAnonymous()} does, with other rights.
     *
     * @param rights what everybody may do
     * @return this
     */
    public TelemetryServerBuilder allowAnonymous(Rights rights) {
        this.anonymous = new Identity("anonymous", rights, null);
        return this;
    }

    /**
     * Pages of which other origins may connect. A page of the server's own origin always may, and so may whatever is no page and
     * sends no {@code Origin}.
     *
     * @param origins such as {@code https://dash.example.com}; {@code *} for all
     * @return this
     */
    public TelemetryServerBuilder allowedOrigins(String... origins) {
        List<String> added = List.of(origins);
        AccessRules.authenticated(added);
        allowedOrigins.addAll(added);
        return this;
    }

    /**
     * Under which further names an anonymous server answers, besides those of the loopback.
     *
     * @param hosts such as {@code box.lan} or {@code box.lan:8080}
     * @return this
     */
    public TelemetryServerBuilder allowedHosts(String... hosts) {
        List<String> added = List.of(hosts);
        AccessRules.anonymous(List.of(), added);
        allowedHosts.addAll(added);
        return this;
    }

    /**
     * Takes a token from the query parameter {@code access_token} too. Off by default, since URLs end up in logs.
     *
     * @return this
     */
    public TelemetryServerBuilder acceptTokenInQuery() {
        this.tokenSources = new TokenSources(true, tokenSources.cookie());
        return this;
    }

    /**
     * Takes a token from a cookie too, where the request comes from a page of an allowed or the same origin.
     *
     * @param name the cookie's name
     * @return this
     */
    public TelemetryServerBuilder acceptTokenInCookie(String name) {
        this.tokenSources = new TokenSources(tokenSources.queryParameter(), name);
        return this;
    }

    /**
     * What carries records between nodes. By default there is only this node. It is started by the server and closed with it, and
     * serves this server only.
     *
     * @param carrier not started yet
     * @return this
     */
    public TelemetryServerBuilder broadcaster(Broadcaster carrier) {
        this.broadcaster = carrier;
        return this;
    }

    /**
     * How much of each topic is kept in memory for those who were away.
     *
     * @param bounds records, bytes and age
     * @return this
     */
    public TelemetryServerBuilder retention(Retention bounds) {
        this.retention = bounds;
        return this;
    }

    /**
     * All other bounds.
     *
     * @param bounds for instance {@code ServerLimits.DEFAULT.withMaxConnections(50_000)}
     * @return this
     */
    public TelemetryServerBuilder limits(ServerLimits bounds) {
        this.limits = bounds;
        return this;
    }

    /**
     * How often connections are probed, and how often an idle one gets a sign of life.
     *
     * @param interval 100 ms to an hour
     * @return this
     */
    public TelemetryServerBuilder heartbeat(Duration interval) {
        require(
                interval.compareTo(Duration.ofMillis(100)) >= 0 && interval.compareTo(Duration.ofHours(1)) <= 0,
                "heartbeat must be from 100 ms to an hour: " + interval);
        this.heartbeat = interval;
        return this;
    }

    /**
     * The shortest time between two rounds of writes of an event loop. A record that comes within it waits, and goes out with
     * those that follow in one system call, which is what a delivery costs; one that comes after a pause goes out at once. Without
     * it a loop batches by itself as far as it is busy. Worth setting where many sessions see many records a second, screens are
     * refreshed less often anyway, and processor time is dear.
     *
     * @param interval zero to a second; it adds as much to the latency at most
     * @return this
     */
    public TelemetryServerBuilder flushInterval(Duration interval) {
        require(
                !interval.isNegative() && interval.compareTo(Duration.ofSeconds(1)) <= 0,
                "flushInterval must be from zero to a second: " + interval);
        this.flushInterval = interval;
        return this;
    }

    /**
     * A metric to sample and publish while the server runs.
     *
     * @param source may block; see {@link MetricSource}
     * @return this
     */
    public TelemetryServerBuilder source(MetricSource source) {
        Duration interval = source.interval();
        require(
                !interval.isNegative() && !interval.isZero(),
                "interval of " + source.topic() + " must be positive: " + interval);
        require(
                sources.stream().noneMatch(known -> known == source),
                "the same source of " + source.topic() + " was given twice");
        sources.add(source);
        return this;
    }

    /**
     * Metrics to sample and publish while the server runs.
     *
     * @param several each as for {@link #source}
     * @return this
     */
    public TelemetryServerBuilder sources(Collection<? extends MetricSource> several) {
        several.forEach(this::source);
        return this;
    }

    /**
     * Who is told what happens.
     *
     * @param told see {@link ServerListener} for its thread
     * @return this
     */
    public TelemetryServerBuilder listener(ServerListener told) {
        this.listener = told;
        return this;
    }

    /**
     * Makes the server, which does nothing until {@link TelemetryServer#start()}.
     *
     * @return the server
     * @throws IllegalStateException if nobody said who may connect, or two things contradict each other
     */
    public TelemetryServer build() {
        if (authenticator == null && anonymous == null) {
            throw new IllegalStateException("who may connect? Give an authenticator, such as"
                    + " JwtAuthenticator.builder().secret(…).build(), or say allowAnonymous()");
        }
        if (authenticator != null && anonymous != null) {
            throw new IllegalStateException("authenticator and allowAnonymous contradict each other; choose one");
        }
        if (limits.maxMessageBytes() < limits.maxRecordBytes()) {
            throw new IllegalStateException(
                    "maxMessageBytes (" + limits.maxMessageBytes() + ") must be at least maxRecordBytes ("
                            + limits.maxRecordBytes() + "), or no client can publish such");
        }
        files.requireOutside(path);
        return new TelemetryServer(new TelemetryServerBuilder(this));
    }

    Broadcaster broadcasterOrLocal() {
        Broadcaster given = broadcaster;
        return given != null ? given : new LocalBroadcaster(limits.maxTopics());
    }

    AccessRules accessRules() {
        return anonymous == null
                ? AccessRules.authenticated(allowedOrigins)
                : AccessRules.anonymous(allowedOrigins, allowedHosts);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
