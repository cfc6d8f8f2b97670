package live.telemetry.server.net.subscription;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;
import live.telemetry.core.envelope.EnvelopeCodec;
import live.telemetry.core.envelope.Since;
import live.telemetry.core.json.JsonFields;
import live.telemetry.server.net.http.HttpException;
import live.telemetry.server.net.subscription.SubscriptionRequest.Asked;
import org.jspecify.annotations.Nullable;

/** What the body of a {@code POST} asks for, topic by topic. */
final class BodyReader {

    private BodyReader() {}

    static Asked read(String json) {
        JsonFields fields = JsonFields.parse(json);
        List<Subscribe> topics = new ArrayList<>();
        for (JsonFields wanted : fields.objects("subscribe")) {
            topics.add(EnvelopeCodec.decodeSubscribe(wanted, since(wanted)));
        }
        OptionalDouble wait = fields.decimal("wait");
        return new Asked(
                topics,
                fields.string("since").filter(since -> !since.isEmpty()).orElse(null),
                fields.bool("ids").orElse(true),
                Waits.of(wait.isPresent() ? Optional.of(wait.getAsDouble()) : Optional.empty()));
    }

    /** An object is as in an envelope; a text is as in a query. */
    private static @Nullable Since since(JsonFields wanted) {
        if (!wanted.has("since") || wanted.objectIfAny("since").isPresent()) {
            return null;
        }
        String text = wanted.string("since").orElseThrow();
        Optional<Since> word = SinceText.word(text);
        if (word.isPresent()) {
            return word.get();
        }
        if (!TopicPattern.of(wanted.requiredString("topic")).isExact() || text.indexOf(':') < 0) {
            throw HttpException.badRequest(
                    "\"since\" of a topic must be start, snapshot, last:N or <epoch>:<seq>; a cursor stands beside \"subscribe\"");
        }
        return Since.after(SinceText.position(text));
    }
}
