package live.telemetry.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.stream.StreamSupport;

/** Polls over one connection, as long as the server keeps it. */
final class PollClient implements AutoCloseable {

    private final RawPeer peer;
    private final String[] headers;

    /** An answer. */
    record Answer(String cursor, List<JsonObject> envelopes) {
        /** In short: the type; of data the topic and the number; of a gap what it names. */
        List<String> brief() {
            return envelopes.stream().map(Answer::brief).toList();
        }

        private static String brief(JsonObject envelope) {
            String type = envelope.get("type").getAsString();
            String topic = envelope.has("topic") ? envelope.get("topic").getAsString() : "";
            return switch (type) {
                case "data" -> topic + envelope.get("seq");
                case "gap" ->
                    "gap " + topic + envelope.get("from") + "-" + envelope.get("to") + " "
                            + envelope.get("reason").getAsString();
                default -> topic.isEmpty() ? type : type + " " + topic;
            };
        }
    }

    private PollClient(RawPeer peer, String... headers) {
        this.peer = peer;
        this.headers = headers;
    }

    static PollClient connect(TelemetryServer server, String... headers) throws IOException {
        return new PollClient(RawPeer.connect(server), headers);
    }

    /** Asks; the answer may take its time. */
    void ask(String query) throws IOException {
        peer.write(peer.request("GET /telemetry/poll?" + query, headers));
    }

    void askByBody(String body) throws IOException {
        String length = "Content-Length: " + Frames.utf8(body).length;
        peer.write(Frames.concat(Frames.utf8(peer.request("POST /telemetry/poll", length)), Frames.utf8(body)));
    }

    Answer answer() throws IOException {
        HttpReply reply = peer.reply();
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        assertThat(reply.header("Content-Type")).contains("application/json");
        assertThat(reply.header("Cache-Control")).contains("no-store");
        return new Answer(
                reply.json().get("cursor").getAsString(),
                StreamSupport.stream(reply.json().getAsJsonArray("envelopes").spliterator(), false)
                        .map(JsonElement::getAsJsonObject)
                        .toList());
    }

    Answer poll(String query) throws IOException {
        ask(query);
        return answer();
    }

    Answer pollByBody(String body) throws IOException {
        askByBody(body);
        return answer();
    }

    RawPeer peer() {
        return peer;
    }

    @Override
    public void close() throws IOException {
        peer.close();
    }
}
