package live.telemetry.core.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.ProtocolVectors;
import live.telemetry.core.ProtocolVectors.Message;
import live.telemetry.core.envelope.ServerEnvelope.Failure;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class VectorsTest {

    private static final ProtocolVectors VECTORS = ProtocolVectors.load();

    static List<Message> valid() {
        return VECTORS.valid();
    }

    static List<Message> invalid() {
        return VECTORS.invalid();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("valid")
    void validMessageIsWrittenAsItsCanonicalText(Message message) {
        assertThat(encode(message, decode(message, message.json()))).isEqualTo(message.canonicalOrSame());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("valid")
    void canonicalTextMeansTheSame(Message message) {
        assertThat(decode(message, message.canonicalOrSame())).isEqualTo(decode(message, message.json()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("invalid")
    void invalidMessageGivesItsCodeAndTheIdIfThatCanBeRead(Message message) {
        ProtocolException refusal =
                catchThrowableOfType(ProtocolException.class, () -> decode(message, message.json()));

        assertThat(refusal).as("refusal").isNotNull();
        assertThat(refusal.code().name()).as(refusal.getMessage()).isEqualTo(message.code());
        assertThat(refusal.id()).isEqualTo(message.id());
        assertThat(refusal.getMessage())
                .as("it is sent to the peer")
                .isNotBlank()
                .doesNotContain("\n", "JsonReader", "null");
    }

    @Test
    void everyTypeReasonAndCodeHasAVector() {
        Set<Object> seen = new HashSet<>();
        for (Message message : valid()) {
            Envelope envelope = decode(message, message.json());
            if (envelope instanceof ClientEnvelope fromClient) {
                seen.add(fromClient.type());
            } else if (envelope instanceof ServerEnvelope fromServer) {
                seen.add(fromServer.type());
            }
            if (envelope instanceof Gap gap) {
                seen.add(gap.reason());
            }
            if (envelope instanceof Failure failure) {
                seen.add(failure.code());
                assertThat(failure.retryable())
                        .as(failure.code().name())
                        .isEqualTo(failure.code().retryable());
            }
        }

        assertThat(seen)
                .contains((Object[]) ClientEnvelope.Type.values())
                .contains((Object[]) ServerEnvelope.Type.values())
                .contains((Object[]) GapReason.values())
                .contains((Object[]) ErrorCode.values());
    }

    @Test
    void namesAreUniqueSoThatAFailureCanBeFound() {
        assertThat(Stream.concat(valid().stream(), invalid().stream()).map(Message::toString))
                .doesNotHaveDuplicates();
    }

    private static Envelope decode(Message message, String json) {
        return message.isFromClient() ? EnvelopeCodec.decodeClient(json) : EnvelopeCodec.decodeServer(json);
    }

    private static String encode(Message message, Envelope envelope) {
        return message.isFromClient()
                ? EnvelopeCodec.encode((ClientEnvelope) envelope)
                : EnvelopeCodec.encode((ServerEnvelope) envelope);
    }
}
