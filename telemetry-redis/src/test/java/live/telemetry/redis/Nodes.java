package live.telemetry.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import live.telemetry.core.Retention;
import live.telemetry.core.Rights;
import live.telemetry.server.ServerListener;
import live.telemetry.server.TelemetryServer;

/** Whole servers on one Redis, with time-outs that suit tests. */
final class Nodes implements AutoCloseable {

    /** More than any test publishes. */
    static final Retention RETENTION =
            Retention.DEFAULT.withMaxRecords(1_000_000).withMaxBytes(64 << 20);

    private final String uri;
    private final List<TelemetryServer> servers = new ArrayList<>();

    Nodes(String uri) {
        this.uri = uri;
    }

    Nodes start(int count) {
        IntStream.range(0, count).forEach(i -> start());
        return this;
    }

    TelemetryServer start() {
        return start(builder -> builder, ServerListener.NONE);
    }

    TelemetryServer start(UnaryOperator<RedisBroadcasterBuilder> change, ServerListener listener) {
        RedisBroadcasterBuilder broadcaster =
                RedisCluster.impatient(uri).retention(RETENTION).heartbeat(RedisBroadcasterBuilder.DEFAULT_HEARTBEAT);
        TelemetryServer server = TelemetryServer.builder()
                .port(0)
                .allowAnonymous(Rights.ALL)
                .retention(RETENTION)
                .broadcaster(change.apply(broadcaster).build())
                .listener(listener)
                .build()
                .start();
        servers.add(server);
        return server;
    }

    TelemetryServer get(int index) {
        return servers.get(index);
    }

    List<TelemetryServer> all() {
        return servers;
    }

    @Override
    public void close() {
        servers.parallelStream().forEach(TelemetryServer::close);
    }
}
