package live.telemetry.browsertests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import live.telemetry.core.Retention;
import live.telemetry.server.TelemetryServer;
import live.telemetry.tck.proxy.Cut;
import live.telemetry.tck.proxy.FaultProxy;
import live.telemetry.tck.proxy.FaultRun;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same client under Node, for longer and with more going wrong than a browser lets a test do: its own links fail as {@code
 * fault-run.js} says, and the network between as a {@link FaultRun}. So many seeds as {@code -Dtelemetry.seeds} says, from {@code
 * -Dtelemetry.first.seed} on, each for {@code -Dtelemetry.faults.seconds}.
 */
@Timeout(600)
class NodeFaultRunIT {

    private static final int SEEDS = Integer.getInteger("telemetry.seeds", 2);
    private static final long FIRST_SEED = Long.getLong("telemetry.first.seed", 1);
    private static final Duration LENGTH = Duration.ofSeconds(Integer.getInteger("telemetry.faults.seconds", 6));

    private static final Path SCRIPT = Path.of("..", "telemetry-browser", "src", "test", "js", "fault-run.js");

    /** The script waits a minute for the last record, and no longer. */
    private static final long PATIENCE_SECONDS = 90;

    static LongStream seeds() {
        return LongStream.range(FIRST_SEED, FIRST_SEED + SEEDS);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyRecordComesOnceAndInOrderOrIsNamedInAGap(long seed) throws Exception {
        List<String> command = new ArrayList<>(node());
        TelemetryServer server = TelemetryServer.builder()
                .port(0)
                .heartbeat(Duration.ofMillis(500))
                .retention(Retention.DEFAULT.withMaxRecords(1_000_000).withMaxBytes(64 << 20))
                .authenticator(Tokens.AUTHENTICATOR)
                .build()
                .start();
        try (server;
                FaultProxy proxy = FaultProxy.to(server.port());
                FaultRun faults = FaultRun.start(proxy, new Random(seed), LENGTH)) {
            // What hangs then is to end at once, and not when the client's patience does.
            faults.over().thenRun(() -> proxy.cut(Cut.RESET));
            String throughProxy = "http://127.0.0.1:" + proxy.port() + "/telemetry";
            command.addAll(List.of(
                    SCRIPT.toString(),
                    throughProxy,
                    Tokens.toPublish(),
                    Long.toString(seed),
                    Long.toString(LENGTH.toSeconds()),
                    server.uri().toString()));
            Process script =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            try {
                CompletableFuture<String> output = CompletableFuture.supplyAsync(() -> read(script));
                boolean ended = script.waitFor(LENGTH.toSeconds() + PATIENCE_SECONDS, TimeUnit.SECONDS);
                assertThat(ended).as("the script ends").isTrue();
                String said = output.get(10, TimeUnit.SECONDS);
                System.out.printf(
                        "%d s of faults, seed %d: %s%n%s",
                        LENGTH.toSeconds(), seed, faults.over().get(10, TimeUnit.SECONDS), said);
                assertThat(script.exitValue()).as(said).isZero();
                assertThat(said).endsWith("ok with seed " + seed + "\n");
            } finally {
                script.destroyForcibly();
            }
        }
    }

    private static String read(Process script) {
        try {
            return new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** The command, with what Node before 22 needs to have a WebSocket. */
    private static List<String> node() {
        String version = "";
        try {
            Process node = new ProcessBuilder("node", "--version").start();
            version = read(node).strip();
        } catch (IOException e) {
            // There is none.
        }
        if (InChromium.isRequired()) {
            assertThat(version).as("the version of Node").isNotEmpty();
        }
        assumeTrue(!version.isEmpty(), "no Node is installed");
        return version.matches("v2[01]\\..*") ? List.of("node", "--experimental-websocket") : List.of("node");
    }
}
