package live.telemetry.core.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ClientEnvelope.Auth;
import live.telemetry.core.envelope.ClientEnvelope.Publish;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;
import live.telemetry.core.envelope.ServerEnvelope.Data;
import live.telemetry.core.envelope.ServerEnvelope.Failure;
import live.telemetry.core.json.JsonData;
import org.junit.jupiter.api.Test;

/** What the shared vectors cannot say, because it is about this codec. */
class EnvelopeCodecTest {

    @Test
    void codeOfANewerServerIsKeptInTheMessage() {
        ServerEnvelope decoded = EnvelopeCodec.decodeServer(
                "{\"type\":\"error\",\"id\":3,\"code\":\"ON_FIRE\",\"message\":\"run\",\"retryable\":true}");

        assertThat(decoded).isEqualTo(new Failure(3L, ErrorCode.INTERNAL, "ON_FIRE: run", true));
    }

    @Test
    void messageShowsOnlyTheBeginningOfALongUnknownType() {
        assertThatThrownBy(() -> EnvelopeCodec.decodeClient("{\"type\":\"" + "x".repeat(10_000) + "\"}"))
                .hasMessageContaining("unknown type \"xxx")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(80));
    }

    @Test
    void tokenIsNotShown() {
        assertThat(new Auth(1L, "s3cret")).hasToString("Auth[id=1, token=***]");
    }

    @Test
    void positionsAreWrittenInTheOrderOfTheirTopics() {
        Position position = new Position("e", 1);
        Since since = new Since.Positions(Map.of(
                Topic.of("c"), position, Topic.of("a"), position, Topic.of("d"), position, Topic.of("b"), position));

        String text = EnvelopeCodec.encode(new Subscribe(null, TopicPattern.ALL, since, Mode.ALL));

        assertThat(text.replaceAll("\\{\"epoch\":\"e\",\"seq\":1}", "1"))
                .isEqualTo(
                        "{\"type\":\"subscribe\",\"topic\":\">\",\"since\":{\"positions\":{\"a\":1,\"b\":1,\"c\":1,\"d\":1}}}");
    }

    @Test
    void recordThatCanBePublishedCanBeRead() {
        String deepest = "[".repeat(JsonData.MAX_DEPTH) + "]".repeat(JsonData.MAX_DEPTH);
        TelemetryRecord record = new TelemetryRecord(
                Topic.of("a"), Position.SEQ_LIMIT - 1, Position.SEQ_LIMIT - 1, "k", JsonData.parse(deepest));

        assertThat(EnvelopeCodec.decodeServer(EnvelopeCodec.encodeData(record))).isEqualTo(new Data(record));
    }

    @Test
    void keyIsCheckedBeforeItIsSent() {
        assertThatThrownBy(() -> new Publish(1L, Topic.of("a"), "", JsonData.parse("1")))
                .isInstanceOf(TelemetryException.class)
                .hasMessageContaining("a key has 1 to 255 characters");
    }

    @Test
    void intervalOfTicksFollowsFromTheRate() {
        assertThat(new Mode.Conflated(10).interval()).isEqualTo(Duration.ofMillis(100));
        assertThat(new Mode.Conflated(Mode.MAX_RATE).interval()).isEqualTo(Duration.ofMillis(1));
        assertThat(new Mode.Conflated(0.5).interval()).isEqualTo(Duration.ofSeconds(2));
        assertThat(new Mode.Conflated(Double.MIN_VALUE).interval()).isPositive();
    }

    @Test
    void rateOutOfBoundsIsRefused() {
        for (double rate : new double[] {0, -1, 1000.1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> Mode.conflated(rate))
                    .as("%s", rate)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("maxRate");
        }
    }
}
