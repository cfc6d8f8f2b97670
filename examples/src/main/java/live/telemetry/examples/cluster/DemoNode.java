package live.telemetry.examples.cluster;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import live.telemetry.core.Position;
import live.telemetry.redis.RedisBroadcaster;
import live.telemetry.server.ServerListener;
import live.telemetry.server.TelemetryServer;
import org.jspecify.annotations.Nullable;

/** A node that can be restarted on its port. Any thread; {@link #stop} and {@link #start} one after the other. */
final class DemoNode implements AutoCloseable {

    private final String name;
    private final String redis;
    private final AtomicInteger sessions = new AtomicInteger();
    private int port;
    private volatile @Nullable TelemetryServer server;

    DemoNode(String name, String redis) {
        this.name = name;
        this.redis = redis;
    }

    /** Returns when it is listening: on a free port the first time, then on the same one. */
    void start() {
        sessions.set(0);
        TelemetryServer started = TelemetryServer.builder()
                .node(name)
                .port(port)
                .allowAnonymous()
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
        port = started.port();
        server = started;
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
        return "http://127.0.0.1:" + port + "/telemetry";
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
