package live.telemetry.core.envelope;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import live.telemetry.core.ProjectDocs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The envelopes that {@code docs/PROTOCOL.md} shows in its JSON blocks. */
class DocumentedExamplesTest {

    static List<String> clientExamples() {
        return examples("## Client envelopes", "## Server envelopes");
    }

    static List<String> serverExamples() {
        return examples("## Server envelopes", "## Topics and patterns");
    }

    @ParameterizedTest
    @MethodSource("clientExamples")
    void clientExampleIsValid(String json) {
        EnvelopeCodec.decodeClient(json);
    }

    @ParameterizedTest
    @MethodSource("serverExamples")
    void serverExampleIsWhatTheCodecWrites(String json) {
        assertThat(EnvelopeCodec.encode(EnvelopeCodec.decodeServer(json))).isEqualTo(json);
    }

    @Test
    void everyEnvelopeHasAnExample() {
        Set<ClientEnvelope.Type> client = clientExamples().stream()
                .map(json -> EnvelopeCodec.decodeClient(json).type())
                .collect(Collectors.toSet());
        Set<ServerEnvelope.Type> server = serverExamples().stream()
                .map(json -> EnvelopeCodec.decodeServer(json).type())
                .collect(Collectors.toSet());

        assertThat(client).containsExactlyInAnyOrder(ClientEnvelope.Type.values());
        assertThat(server).containsExactlyInAnyOrder(ServerEnvelope.Type.values());
    }

    private static List<String> examples(String from, String to) {
        String page = ProjectDocs.read("PROTOCOL.md");
        List<String> found = new ArrayList<>();
        boolean inBlock = false;
        for (String line :
                page.substring(page.indexOf(from), page.indexOf(to)).lines().toList()) {
            if (line.startsWith("```")) {
                inBlock = line.equals("```json");
            } else if (inBlock) {
                found.add(line);
            }
        }
        return found;
    }
}
