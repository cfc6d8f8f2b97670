package live.telemetry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import live.telemetry.core.MetricSource;
import live.telemetry.core.Topic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the builder refuses, and whether it says why. */
class ServerBuilderTest {

    @ParameterizedTest(name = "{0}")
    @MethodSource("badSettings")
    void badSettingIsRefusedAtOnce(String message, Consumer<TelemetryServerBuilder> setting) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> setting.accept(TelemetryServer.builder()))
                .withMessage(message);
    }

    static Stream<Arguments> badSettings() {
        MetricSource source = MetricSource.of("a", Duration.ofSeconds(1), () -> 1);
        return Stream.of(
                bad("host must not be blank", b -> b.host(" ")),
                bad("port must be from 0 to 65535: -1", b -> b.port(-1)),
                bad("port must be from 0 to 65535: 65536", b -> b.port(65_536)),
                bad("path must look like /telemetry: telemetry", b -> b.path("telemetry")),
                bad("path must look like /telemetry: /", b -> b.path("/")),
                bad("path must look like /telemetry: ", b -> b.path("")),
                bad("path must look like /telemetry: /a/", b -> b.path("/a/")),
                bad("path must look like /telemetry: /a b", b -> b.path("/a b")),
                bad("node must have 1 to 64 characters: ", b -> b.node("")),
                bad("node must have 1 to 64 characters: " + "x".repeat(65), b -> b.node("x".repeat(65))),
                bad("eventLoops must be from 1 to 128: 0", b -> b.eventLoops(0)),
                bad("eventLoops must be from 1 to 128: 129", b -> b.eventLoops(129)),
                bad("heartbeat must be from 100 ms to an hour: PT0.099S", b -> b.heartbeat(Duration.ofMillis(99))),
                bad("heartbeat must be from 100 ms to an hour: PT-1S", b -> b.heartbeat(Duration.ofSeconds(-1))),
                bad("heartbeat must be from 100 ms to an hour: PT1H1S", b -> b.heartbeat(Duration.ofSeconds(3601))),
                bad(
                        "an allowed origin must look like https://dash.example.com, without a path: dash.example.com",
                        b -> b.allowedOrigins("dash.example.com")),
                bad(
                        "an allowed origin must look like https://dash.example.com, without a path: https://a.example/x",
                        b -> b.allowedOrigins("https://a.example/x")),
                bad(
                        "an allowed host must look like localhost, box.lan:8080 or [::1]: http://box",
                        b -> b.allowedHosts("http://box")),
                bad("a cookie's name must be a token (RFC 6265 §4.1.1): a b", b -> b.acceptTokenInCookie("a b")),
                bad(
                        "the same source of a was given twice",
                        b -> b.source(source).source(source)),
                bad("the same source of a was given twice", b -> b.sources(List.of(source, source))),
                bad("interval of x must be positive: PT0S", b -> b.source(new Still())));
    }

    private static Arguments bad(String message, Consumer<TelemetryServerBuilder> setting) {
        return arguments(message, setting);
    }

    private static final class Still implements MetricSource {
        @Override
        public Topic topic() {
            return Topic.of("x");
        }

        @Override
        public Duration interval() {
            return Duration.ZERO;
        }

        @Override
        public Object sample() {
            return 1;
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badLimits")
    void badLimitIsRefusedAtOnce(String message, UnaryOperator<ServerLimits> limit) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> limit.apply(ServerLimits.DEFAULT))
                .withMessage(message);
    }

    static Stream<Arguments> badLimits() {
        Duration forever = Duration.ofSeconds(Long.MAX_VALUE);
        return Stream.of(
                limit("maxConnections must be at least 1: 0", l -> l.withMaxConnections(0)),
                limit("maxHeadBytes must be at least 256: 255", l -> l.withMaxHeadBytes(255)),
                limit("headTimeout must be positive: PT0S", l -> l.withHeadTimeout(Duration.ZERO)),
                limit("headTimeout must be at most a day: " + forever, l -> l.withHeadTimeout(forever)),
                limit("maxMessageBytes must be at least 1024: 1023", l -> l.withMaxMessageBytes(1023)),
                limit("maxRecordBytes must be at least 1: 0", l -> l.withMaxRecordBytes(0)),
                limit("maxRecordBytes must be at most 1000000: 1000001", l -> l.withMaxRecordBytes(1_000_001)),
                limit("maxSubscriptions must be at least 1: 0", l -> l.withMaxSubscriptions(0)),
                limit("maxSessionTopics must be at least 1: 0", l -> l.withMaxSessionTopics(0)),
                limit("maxRequestsInFlight must be at least 1: 0", l -> l.withMaxRequestsInFlight(0)),
                limit("maxTopics must be at least 1: 0", l -> l.withMaxTopics(0)),
                limit("maxKeysPerTopic must be at least 1: 0", l -> l.withMaxKeysPerTopic(0)),
                limit("maxRetainedBytes must be at least 1048576: 1", l -> l.withMaxRetainedBytes(1)),
                limit("sendBufferBytes must be at least 4096: 1", l -> l.withSendBufferBytes(1)),
                limit("stallTimeout must be positive: PT-1S", l -> l.withStallTimeout(Duration.ofSeconds(-1))),
                limit("stallTimeout must be at most a day: " + forever, l -> l.withStallTimeout(forever)));
    }

    private static Arguments limit(String message, UnaryOperator<ServerLimits> limit) {
        return arguments(message, limit);
    }

    @Test
    void somebodyHasToSayWhoMayConnect() {
        assertThatIllegalStateException()
                .isThrownBy(() -> TelemetryServer.builder().build())
                .withMessageContaining("authenticator")
                .withMessageContaining("allowAnonymous()");
    }

    @Test
    void authenticatorAndAnonymousContradict() {
        assertThatIllegalStateException()
                .isThrownBy(() -> TelemetryServer.builder()
                        .authenticator(Tokens.authenticator())
                        .allowAnonymous()
                        .build())
                .withMessageContaining("contradict");
    }

    @Test
    void recordsThatNoMessageCouldCarry() {
        assertThatIllegalStateException()
                .isThrownBy(() -> TelemetryServer.builder()
                        .allowAnonymous()
                        .limits(ServerLimits.DEFAULT.withMaxMessageBytes(2_000).withMaxRecordBytes(3_000))
                        .build())
                .withMessageContaining("maxMessageBytes (2000)")
                .withMessageContaining("maxRecordBytes (3000)");
    }

    @Test
    void serverThatDoesNotRunSaysSo() {
        TelemetryServer server =
                TelemetryServer.builder().port(0).allowAnonymous().build();
        assertThatIllegalStateException().isThrownBy(server::port).withMessageContaining("not started");
        assertThatIllegalStateException().isThrownBy(server::uri).withMessageContaining("not started");
        assertThatIllegalStateException().isThrownBy(server::stats).withMessageContaining("not started");
        assertThat(server.publish("a", 1)).isCompletedExceptionally();
        server.close();
        assertThatIllegalStateException().isThrownBy(server::port).withMessageContaining("closed");
        assertThatIllegalStateException().isThrownBy(server::start);
    }

    @Test
    void pathsThatAreFine() {
        for (String path : List.of("/telemetry", "/a/b", "/a.b/~c_d-e")) {
            assertThat(TelemetryServer.builder().path(path)).isNotNull();
        }
    }
}
