package live.telemetry.examples.demo;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import live.telemetry.dashboard.Dashboard;
import live.telemetry.examples.host.HostMetrics;
import live.telemetry.examples.load.LoadGenerator;
import live.telemetry.examples.load.LoadPlan;
import live.telemetry.examples.load.LoadStats;
import live.telemetry.redis.RedisBroadcaster;
import live.telemetry.server.TelemetryServer;
import live.telemetry.server.auth.JwtAuthenticator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A server that is listening, and what feeds it. */
final class RunningDemo implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RunningDemo.class);

    private final TelemetryServer server;
    private final @Nullable LoadGenerator load;
    private final @Nullable String token;

    private RunningDemo(TelemetryServer server, @Nullable LoadGenerator load, @Nullable String token) {
        this.server = server;
        this.load = load;
        this.token = token;
    }

    /** Returns when it is listening. */
    static RunningDemo start(DemoOptions options) {
        byte @Nullable [] secret = options.anonymous() ? null : secret(options);
        TelemetryServer server = server(options, secret).start();
        LoadGenerator load = null;
        LoadPlan plan = options.load();
        if (plan != null) {
            load = new LoadGenerator(plan, server::publishJson);
            load.start();
        }
        String token = secret == null ? null : DemoToken.forEverything(secret, Instant.now());
        return new RunningDemo(server, load, token);
    }

    private static TelemetryServer server(DemoOptions options, byte @Nullable [] secret) {
        var builder = TelemetryServer.builder()
                .host(options.host())
                .port(options.port())
                .retention(options.retention())
                .pages("/", Dashboard.pages())
                .sources(HostMetrics.sources(options.interval()));
        if (secret == null) {
            builder.allowAnonymous();
        } else {
            builder.authenticator(JwtAuthenticator.builder().secret(secret).build());
        }
        String node = options.node();
        if (node != null) {
            builder.node(node);
        }
        URI redis = options.redis();
        if (redis != null) {
            builder.broadcaster(RedisBroadcaster.builder()
                    .uri(redis)
                    .retention(options.retention())
                    .build());
        }
        return builder.build();
    }

    private static byte[] secret(DemoOptions options) {
        String given = options.jwtSecret();
        if (given != null) {
            return given.getBytes(StandardCharsets.UTF_8);
        }
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        return random;
    }

    /** Where it listens, {@code http://127.0.0.1:8080/telemetry}. */
    String url() {
        return server.uri().toString();
    }

    /** The dashboard, with the token in the fragment, which a browser sends to nobody: {@code http://127.0.0.1:8080/#token=…}. */
    String dashboardUrl() {
        return server.uri().resolve("/")
                + token().map(given -> "#token=" + given).orElse("");
    }

    /** What to connect with; empty if none is needed. */
    Optional<String> token() {
        return Optional.ofNullable(token);
    }

    @Override
    public void close() {
        if (load != null) {
            load.close();
            LoadStats stats = load.stats();
            LOG.info(
                    "load: {} records published, {} of them failed, {} left out",
                    stats.published(),
                    stats.failed(),
                    stats.leftOut());
        }
        server.close();
    }

    /** Closes, and returns after this time even if that hangs. */
    void closeWithin(Duration timeout) {
        Thread closing = new Thread(this::close, "demo-close");
        closing.setDaemon(true);
        closing.start();
        try {
            closing.join(timeout.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (closing.isAlive()) {
            LOG.warn("not closed within {}; the process ends anyway", timeout);
        }
    }
}
