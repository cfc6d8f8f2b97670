package live.telemetry.examples.cluster;

import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import live.telemetry.core.Position;
import live.telemetry.dashboard.Dashboard;
import live.telemetry.redis.RedisBroadcaster;
import live.telemetry.server.ServerListener;
import live.telemetry.server.TelemetryServer;
import live.telemetry.server.WebPages;
import org.jspecify.annotations.Nullable;

/** A node that can be restarted on its port. Any thread; {@link #stop} and {@link #start} one after the other. */
final class DemoNode implements AutoCloseable {

    private final String name;
    private final String redis;
    private final AtomicInteger sessions = new AtomicInteger();
    private final int port;
    private final List<Integer> otherPorts;
    private volatile @Nullable TelemetryServer server;

    /**
     * A node that is not running yet.
     *
     * @param port where it listens
     * @param otherPorts those of the nodes to which its dashboard goes when it is away
     */
    DemoNode(String name, String redis, int port, List<Integer> otherPorts) {
        this.name = name;
        this.redis = redis;
        this.port = port;
        this.otherPorts = otherPorts;
    }

    /** Returns when it is listening. */
    void start() {
        sessions.set(0);
        TelemetryServer started = TelemetryServer.builder()
                .node(name)
                .port(port)
                .allowAnonymous()
                .allowedOrigins(otherPorts.stream().map(DemoNode::origin).toArray(String[]::new))
                .pages("/", dashboard())
                .broadcaster(RedisBroadcaster.builder().uri(redis).build())
                .listener(new ServerListener() {
                    @Override
                    public void onSessionOpened(SessionEvent event) {
                        sessions.incrementAndGet();
                    }

                    @Override
                    public void onSessionClosed(SessionEvent event) {
                        sessions.decrementAndGet();
                    }
                })
                .build()
                .start();
        server = started;
    }

    private WebPages dashboard() {
        return Dashboard.DEFAULT
                .withTitle("Cluster demo")
                .withOtherServers(otherPorts.stream()
                        .map(other -> URI.create(origin(other) + "/telemetry"))
                        .toArray(URI[]::new))
                .toPages();
    }

    private static String origin(int port) {
        return "http://127.0.0.1:" + port;
    }

    void stop() {
        TelemetryServer stopped = server;
        server = null;
        if (stopped != null) {
            stopped.close();
        }
    }

    /** The record's position, later; a failure if the node is not running. */
    CompletionStage<Position> publish(String topic, Object data) {
        TelemetryServer running = server;
        return running == null
                ? CompletableFuture.failedFuture(new IllegalStateException(name + " is not running"))
                : running.publish(topic, data);
    }

    boolean isRunning() {
        return server != null;
    }

    boolean hasClient() {
        return server != null && sessions.get() > 0;
    }

    String url() {
        return origin(port) + "/telemetry";
    }

    /** Its dashboard. */
    String dashboardUrl() {
        return origin(port) + "/";
    }

    @Override
    public String toString() {
        return name;
    }

    @Override
    public void close() {
        stop();
    }
}
