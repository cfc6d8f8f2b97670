package live.telemetry.browsertests;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import live.telemetry.core.MetricSource;
import live.telemetry.core.Retention;
import live.telemetry.dashboard.Dashboard;
import live.telemetry.server.TelemetryServer;
import live.telemetry.server.TelemetryServerBuilder;
import live.telemetry.tck.proxy.FaultProxy;

/** A server with the dashboard and some metrics, and a proxy through which the browser reaches it. */
final class Wall implements AutoCloseable {

    /** So short that a connection which nobody can use any more is soon noticed. */
    private static final Duration HEARTBEAT = Duration.ofMillis(500);

    private final UnaryOperator<TelemetryServerBuilder> settings;
    private final List<? extends MetricSource> sources;
    private final FaultProxy proxy;
    private final int port;
    private TelemetryServer server;

    private Wall(UnaryOperator<TelemetryServerBuilder> settings, List<? extends MetricSource> sources) {
        this.settings = settings;
        this.sources = sources;
        this.server = start(0);
        this.port = server.port();
        this.proxy = FaultProxy.to(port);
    }

    /** Of a server that asks for no token. */
    static Wall of(List<? extends MetricSource> sources) {
        return with(TelemetryServerBuilder::allowAnonymous, sources);
    }

    static Wall with(UnaryOperator<TelemetryServerBuilder> settings, List<? extends MetricSource> sources) {
        return new Wall(settings, sources);
    }

    private TelemetryServer start(int port) {
        TelemetryServerBuilder builder = TelemetryServer.builder()
                .port(port)
                .heartbeat(HEARTBEAT)
                .retention(Retention.DEFAULT)
                .sources(sources)
                .pages("/", Dashboard.pages());
        return settings.apply(builder).build().start();
    }

    TelemetryServer server() {
        return server;
    }

    FaultProxy proxy() {
        return proxy;
    }

    URI page() {
        return page("?minutes=1");
    }

    URI page(String query) {
        return URI.create("http://127.0.0.1:" + proxy.port() + "/" + query);
    }

    /** Ends the server; nothing listens until {@link #comeBack}. */
    void goAway() {
        server.close();
    }

    /** Another server on the same port, which knows nothing of the records of the first. */
    void comeBack() {
        server = start(port);
    }

    @Override
    public void close() {
        proxy.close();
        server.close();
    }
}
