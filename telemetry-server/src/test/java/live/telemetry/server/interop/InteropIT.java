package live.telemetry.server.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import live.telemetry.core.Retention;
import live.telemetry.server.ServerListener;
import live.telemetry.server.TelemetryServer;
import live.telemetry.server.TelemetryServerBuilder;
import live.telemetry.server.auth.JwtAuthenticator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The protocol as clients see it that share no code with this server. Where such a client is not installed its tests are
 * skipped, unless {@code -Drequire.interop=true} or the environment's {@code REQUIRE_INTEROP=true} asks for them.
 */
@Timeout(120)
class InteropIT {

    private static final String TOPIC = "interop.steady";
    private static final int BEFORE = 50;
    private static final int AWAY = 50;

    /** So many, at their pace, that the second connection outlives a client that would not answer pings. */
    private static final int AFTER = 250;

    /** Where the test is about loss: enough for a slow client, until it is away. */
    private static final int RETAINED = 1_000;

    private static final Duration PACE = Duration.ofMillis(10);
    private static final Duration HEARTBEAT = Duration.ofSeconds(1);

    private final AtomicInteger opened = new AtomicInteger();

    private @Nullable TelemetryServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void afterAHardCutTheClientGetsWhatItMissedAndEachRecordOnce(ForeignClient client) throws Exception {
        require(client);
        TelemetryServer server = start(Retention.DEFAULT);
        try (SteadyPublisher publisher = new SteadyPublisher(server, TOPIC, PACE)) {
            await().until(() -> publisher.head() > 0);
            try (ScriptRun script = resume(client, server)) {
                long cut = Long.parseLong(script.expectLine("away (\\d+)").group(1));
                await("the server drops the session").until(() -> server.stats().sessions() == 0);
                long gone = publisher.head();
                await().until(() -> publisher.head() >= gone + AWAY);
                long back = publisher.head();
                script.send(List.of("back"));

                Matcher summary = script.expectLine(
                        "ok (?:websockets|ws)/[\\d.]+ first=1 cut=(\\d+) head=(\\d+) last=(\\d+) records=(\\d+)");
                assertThat(script.exitCode()).isZero();
                assertThat(cut).isEqualTo(BEFORE).isEqualTo(Long.parseLong(summary.group(1)));
                long head = Long.parseLong(summary.group(2));
                long last = Long.parseLong(summary.group(3));
                assertThat(head)
                        .as("all that was published meanwhile was missed")
                        .isGreaterThanOrEqualTo(back);
                assertThat(last).isEqualTo(head + AFTER);
                assertThat(summary.group(4)).as("from 1 to the last, each once").isEqualTo(summary.group(3));
                assertThat(opened).hasValue(2);
            }
        }
    }

    /** Without this, a script that checks nothing would pass the test above. */
    @ParameterizedTest
    @EnumSource
    void aClientThatLostRecordsFails(ForeignClient client) throws Exception {
        require(client);
        TelemetryServer server = start(Retention.DEFAULT.withMaxRecords(RETAINED));
        try (SteadyPublisher publisher = new SteadyPublisher(server, TOPIC, PACE);
                ScriptRun script = resume(client, server)) {
            script.expectLine("away \\d+");
            publisher.burst(RETAINED + 1);
            script.send(List.of("back"));
            assertThat(script.exitCode()).isEqualTo(1);
            assertThat(script.output()).contains("FAILED").contains("records were lost");
        }
    }

    @ParameterizedTest
    @EnumSource
    void badTokensAreRefusedBeforeTheUpgrade(ForeignClient client) throws Exception {
        require(client);
        TelemetryServer server = start(Retention.DEFAULT);
        List<String> tokens = TestTokens.bad();
        try (ScriptRun script = client.run("refused", Map.of(), url(server))) {
            script.send(tokens);
            script.endInput();
            script.expectLine("ok (?:websockets|ws)/[\\d.]+ refused=" + tokens.size());
            assertThat(script.exitCode()).isZero();
        }
        assertThat(server.stats().acceptedConnections()).isEqualTo(tokens.size());
        assertThat(opened).as("sessions").hasValue(0);
    }

    /** As above: the script must see the difference. */
    @ParameterizedTest
    @EnumSource
    void aGoodTokenIsNotRefused(ForeignClient client) throws Exception {
        require(client);
        TelemetryServer server = start(Retention.DEFAULT);
        try (ScriptRun script = client.run("refused", Map.of(), url(server))) {
            script.send(List.of(TestTokens.good(">")));
            script.endInput();
            assertThat(script.exitCode()).isEqualTo(1);
            assertThat(script.output()).contains("token 1: was accepted");
        }
    }

    private static ScriptRun resume(ForeignClient client, TelemetryServer server) throws Exception {
        Map<String, String> environment = Map.of("TOKEN", TestTokens.good("interop.*"));
        return client.run("resume", environment, url(server), TOPIC, Integer.toString(BEFORE), Integer.toString(AFTER));
    }

    private static String url(TelemetryServer server) {
        return server.uri().toString().replaceFirst("^http", "ws");
    }

    private TelemetryServer start(Retention retention) {
        TelemetryServerBuilder builder = TelemetryServer.builder()
                .port(0)
                .heartbeat(HEARTBEAT)
                .retention(retention)
                .authenticator(
                        JwtAuthenticator.builder().secret(TestTokens.SECRET).build())
                .listener(new ServerListener() {
                    @Override
                    public void onSessionOpened(SessionEvent event) {
                        opened.incrementAndGet();
                    }
                });
        TelemetryServer started = builder.build().start();
        this.server = started;
        return started;
    }

    private static void require(ForeignClient client) throws Exception {
        if (client.isInstalled()) {
            return;
        }
        String how =
                client + " is not installed: run .ci/interop-setup in the project's root (it needs python3 with venv,"
                        + " node and npm), or set INTEROP_HOME to the folder where it did";
        if (isRequired()) {
            fail(how);
        }
        assumeTrue(false, how);
    }

    /** Whether a client that is missing is a failure. */
    static boolean isRequired() {
        return Boolean.getBoolean("require.interop") || Boolean.parseBoolean(System.getenv("REQUIRE_INTEROP"));
    }
}
