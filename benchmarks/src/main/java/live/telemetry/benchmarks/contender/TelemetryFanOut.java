package live.telemetry.benchmarks.contender;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import live.telemetry.server.ServerLimits;
import live.telemetry.server.ServerTls;
import live.telemetry.server.TelemetryServer;
import live.telemetry.server.TelemetryServerBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Telemetry Live with its default settings, but for the number of connections. Arguments, none of which is needed: {@code
 * key-store=…} (PKCS#12) and {@code password=…} for TLS, {@code flush-interval=PT0.01S}.
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
     * @param args see above
     * @throws Exception if it cannot
     */
    public static void main(String[] args) throws Exception {
        TelemetryServerBuilder builder = TelemetryServer.builder()
                .port(0)
                .allowAnonymous()
                .limits(ServerLimits.DEFAULT.withMaxConnections(MAX_CONNECTIONS));
        Map<String, String> options = Arrays.stream(args)
                .map(arg -> arg.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
        String keyStore = options.get("key-store");
        if (keyStore != null) {
            char[] password = options.getOrDefault("password", "").toCharArray();
            builder.tls(ServerTls.fromKeyStore(Path.of(keyStore), password));
        }
        String flushInterval = options.get("flush-interval");
        if (flushInterval != null) {
            builder.flushInterval(Duration.parse(flushInterval));
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
