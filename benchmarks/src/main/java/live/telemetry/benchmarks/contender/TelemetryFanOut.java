package live.telemetry.benchmarks.contender;

import java.nio.file.Path;
import java.util.concurrent.CompletionStage;
import live.telemetry.server.ServerLimits;
import live.telemetry.server.ServerTls;
import live.telemetry.server.TelemetryServer;
import live.telemetry.server.TelemetryServerBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Telemetry Live with its default settings, but for the number of connections. Arguments: a key store (PKCS#12) and its
 * password, for TLS; or none.
 */
public final class TelemetryFanOut implements FanOutServer {

    private static final int MAX_CONNECTIONS = 200_000;

    private final TelemetryServer server;

    private TelemetryFanOut(TelemetryServer server) {
        this.server = server;
    }

    /**
     * Serves until standard input ends.
     *
     * @param args key store and password, or nothing
     * @throws Exception if it cannot
     */
    public static void main(String[] args) throws Exception {
        TelemetryServerBuilder builder = TelemetryServer.builder()
                .port(0)
                .allowAnonymous()
                .limits(ServerLimits.DEFAULT.withMaxConnections(MAX_CONNECTIONS));
        if (args.length == 2) {
            builder.tls(ServerTls.fromKeyStore(Path.of(args[0]), args[1].toCharArray()));
        }
        ServerProcess.serve(new TelemetryFanOut(builder.build().start()));
    }

    @Override
    public int port() {
        return server.port();
    }

    @Override
    public CompletionStage<?> publish(String topic, @Nullable String key, String data) {
        return server.publishJson(topic, key, data);
    }

    @Override
    public void close() {
        server.close();
    }
}
