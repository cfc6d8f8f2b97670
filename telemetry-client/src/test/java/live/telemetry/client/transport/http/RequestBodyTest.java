package live.telemetry.client.transport.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;
import live.telemetry.core.envelope.Mode;
import live.telemetry.core.envelope.Since;
import live.telemetry.core.json.JsonFields;
import org.junit.jupiter.api.Test;

class RequestBodyTest {

    private static Subscribe subscribe(String topic, Since since) {
        return new Subscribe(null, TopicPattern.of(topic), since, Mode.ALL);
    }

    @Test
    void aBodyHasWhatIsSubscribedAndWhatItWasTold() {
        String body = RequestBody.of(List.of(subscribe("a", Since.START)), "c\"1", 25);
        JsonFields fields = JsonFields.parse(body);
        assertThat(fields.objects("subscribe"))
                .singleElement()
                .satisfies(one -> assertThat(one.requiredString("since")).isEqualTo("start"));
        assertThat(fields.requiredString("since")).isEqualTo("c\"1");
        assertThat(fields.requiredWholeNumber("wait")).isEqualTo(25);
        assertThat(JsonFields.parse(RequestBody.of(List.of(), null, -1)).has("wait"))
                .isFalse();
    }

    @Test
    void positionsAreLeftOutUntilTheBodyFits() {
        Map<Topic, Position> positions = new HashMap<>();
        for (int i = 0; i < 10_000; i++) {
            positions.put(Topic.of("host.of.a.long.name." + i), new Position("epoch", 1_000_000 + i));
        }
        String body = RequestBody.of(
                List.of(subscribe("a", Since.START), subscribe(">", new Since.Positions(positions))), null, 0);
        assertThat(body.length()).isBetween(RequestBody.MAX_BYTES / 2, RequestBody.MAX_BYTES);
        assertThat(JsonFields.parse(body).objects("subscribe")).hasSize(2);
    }
}
