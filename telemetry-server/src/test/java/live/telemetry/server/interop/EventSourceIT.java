package live.telemetry.server.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import live.telemetry.server.TelemetryServer;
import live.telemetry.server.auth.JwtAuthenticator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams and polls as an {@code EventSource} and curl see them. Skipped where they are not installed, as {@link InteropIT}. */
@Timeout(120)
class EventSourceIT {

    private static final Duration PACE = Duration.ofMillis(10);

    private TelemetryServer server;

    @BeforeEach
    void start() {
        server = TelemetryServer.builder()
                .port(0)
                .heartbeat(Duration.ofSeconds(1))
                .authenticator(
                        JwtAuthenticator.builder().secret(TestTokens.SECRET).build())
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void anEventSourceThatIsCutOffGetsTheRecordsOfItsTopicOnce() throws Exception {
        require(ForeignClient.NODE_WS.isInstalled(), "the packages of src/test/interop/node");
        try (SteadyPublisher publisher = new SteadyPublisher(server, "interop.a", PACE);
                ScriptRun script = follow("topic=interop.a&since=start", 50, 300)) {
            await().until(() -> publisher.head() > 0);
            script.expectLine("ok eventsource/[\\d.]+ records=\\d+ twice=0 id=\\w+:\\d+");
            assertThat(script.exitCode()).isZero();
        }
    }

    @Test
    void anEventSourceThatIsCutOffMissesNothingOfThreeTopics() throws Exception {
        require(ForeignClient.NODE_WS.isInstalled(), "the packages of src/test/interop/node");
        try (SteadyPublisher a = new SteadyPublisher(server, "interop.a", PACE);
                SteadyPublisher b = new SteadyPublisher(server, "interop.b", PACE);
                SteadyPublisher c = new SteadyPublisher(server, "interop.c", PACE);
                ScriptRun script = follow("topic=interop.a&topic=interop.b&topic=interop.c&since=start", 200, 300)) {
            await().until(() -> a.head() > 0 && b.head() > 0 && c.head() > 0);
            script.expectLine("ok eventsource/[\\d.]+ records=\\d+ twice=\\d+ id=[\\w-]+");
            assertThat(script.exitCode()).isZero();
        }
    }

    @Test
    void plainCurlFollowsAStream() throws Exception {
        require(curlIsInstalled(), "curl");
        server.publish("interop.a", 1).toCompletableFuture().join();
        try (ScriptRun curl = curl("-N", url("events?topic=interop.a&since=start"))) {
            curl.expectLine("retry: \\d+");
            curl.expectLine("data: \\{\"type\":\"welcome\",.*");
            curl.expectLine("");
            curl.expectLine("id: \\w+:0");
            curl.expectLine("data: \\{\"type\":\"subscribed\",.*");
            curl.expectLine("");
            curl.expectLine("id: \\w+:1");
            curl.expectLine("data: \\{\"type\":\"data\",\"topic\":\"interop.a\",\"seq\":1,.*");
        }
        await().until(() -> server.stats().sessions() == 0);
    }

    @Test
    void plainCurlPollsAndPublishes() throws Exception {
        require(curlIsInstalled(), "curl");
        String record = "{\"topic\":\"interop.a\",\"data\":1}";
        try (ScriptRun curl = curl("-d", record, "-H", "Expect: 100-continue", url("publish"))) {
            assertThat(curl.exitCode()).isZero();
            assertThat(curl.output()).startsWith("{\"type\":\"published\"");
        }
        try (ScriptRun curl = curl(url("poll?topic=interop.>&since=start"))) {
            assertThat(curl.exitCode()).isZero();
            assertThat(curl.output()).startsWith("{\"cursor\":\"").contains("\"seq\":1");
        }
    }

    private ScriptRun follow(String query, int before, int after) throws IOException {
        return ForeignClient.NODE_WS.run(
                "events",
                Map.of("TOKEN", TestTokens.good("interop.*")),
                url("events?" + query),
                Integer.toString(before),
                Integer.toString(after));
    }

    private String url(String endpoint) {
        return server.uri() + "/" + endpoint;
    }

    private static ScriptRun curl(String... arguments) throws IOException {
        List<String> command = ScriptRun.concat(
                List.of("curl", "-sS", "-g", "-H", "Authorization: Bearer " + TestTokens.good(">", "interop.a")),
                List.of(arguments));
        return new ScriptRun(new ProcessBuilder(command));
    }

    private static boolean curlIsInstalled() throws InterruptedException {
        try (ScriptRun run = new ScriptRun(new ProcessBuilder("curl", "--version"))) {
            return run.exitCode(10, TimeUnit.SECONDS) == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static void require(boolean installed, String what) {
        if (!installed && InteropIT.isRequired()) {
            fail(what + " are not installed, see CONTRIBUTING.md");
        }
        assumeTrue(installed, what);
    }
}
