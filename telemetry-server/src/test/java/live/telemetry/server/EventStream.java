package live.telemetry.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/** A stream of Server-Sent Events at the level of lines, read as the HTML Standard (§9.2.6) has it. */
final class EventStream implements AutoCloseable {

    private final RawPeer peer;
    private final HttpReply reply;
    private final BufferedReader lines;
    private String lastId = "";
    private long retryMillis;

    /** What an event had: its id if it had one, its data if it had some. */
    record Event(String id, String data) {
        JsonObject json() {
            return JsonParser.parseString(data).getAsJsonObject();
        }

        String type() {
            return json().get("type").getAsString();
        }
    }

    private EventStream(RawPeer peer, HttpReply reply) {
        this.peer = peer;
        this.reply = reply;
        this.lines = new BufferedReader(new InputStreamReader(peer.input(), StandardCharsets.UTF_8));
    }

    static EventStream open(TelemetryServer server, String query, String... headers) throws IOException {
        return of(RawPeer.connect(server), "GET /telemetry/events?" + query, "", headers);
    }

    static EventStream post(TelemetryServer server, String body) throws IOException {
        return of(
                RawPeer.connect(server), "POST /telemetry/events", body, "Content-Length: " + Frames.utf8(body).length);
    }

    static EventStream of(RawPeer peer, String request, String body, String... headers) throws IOException {
        peer.write(peer.request(request, headers) + body);
        HttpReply reply = peer.reply();
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        return new EventStream(peer, reply);
    }

    HttpReply reply() {
        return reply;
    }

    /** The next event with data. */
    Event next() throws IOException {
        Event event = nextOfAnyKind();
        while (event.data == null) {
            event = nextOfAnyKind();
        }
        return event;
    }

    /** The next event, which may have an id only. */
    Event nextOfAnyKind() throws IOException {
        String id = null;
        String data = null;
        for (String line = line(); !line.isEmpty() || (id == null && data == null); line = line()) {
            if (line.startsWith("data: ")) {
                assertThat(data).as("one line of data").isNull();
                data = line.substring(6);
            } else if (line.startsWith("id:")) {
                id = line.substring(3).strip();
                lastId = id;
            } else if (line.startsWith("retry: ")) {
                retryMillis = Long.parseLong(line.substring(7));
            } else {
                assertThat(line).as("an unexpected line").isEmpty();
            }
        }
        return new Event(id, data);
    }

    Event expect(String type) throws IOException {
        Event event = next();
        assertThat(event.type()).as(event.data).isEqualTo(type);
        return event;
    }

    Event until(Predicate<Event> wanted) throws IOException {
        Event event = next();
        while (!wanted.test(event)) {
            event = next();
        }
        return event;
    }

    /** Nothing more comes. */
    void expectEnd() throws IOException {
        assertThat(lines.readLine()).isNull();
    }

    /** The last id that came, as a browser would send it. */
    String lastId() {
        return lastId;
    }

    long retryMillis() {
        return retryMillis;
    }

    RawPeer peer() {
        return peer;
    }

    private String line() throws IOException {
        String line = lines.readLine();
        if (line == null) {
            throw new EOFException("the end of the stream");
        }
        return line;
    }

    @Override
    public void close() throws IOException {
        peer.close();
    }
}
