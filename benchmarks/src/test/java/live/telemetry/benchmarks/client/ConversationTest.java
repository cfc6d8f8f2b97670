package live.telemetry.benchmarks.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import live.telemetry.core.Position;
import org.junit.jupiter.api.Test;

/** Each conversation understands its server, wherever the network cuts what that says. */
class ConversationTest {

    private static final int PORT = 8080;
    private static final String SUBSCRIBED =
            "{\"type\":\"subscribed\",\"id\":0,\"topic\":\"load.0\",\"epoch\":\"k3x9\",\"seq\":1,\"head\":7,\"recovered\":true}";

    @Test
    void readsWebSocketFrames() {
        Script script = new Script()
                .text("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n")
                .frame(1, "{\"type\":\"welcome\"}")
                .frame(1, SUBSCRIBED)
                .frame(1, data(1))
                .frame(9, "ping")
                .frame(1, data(2));

        for (int cut = 0; cut <= script.length(); cut++) {
            Heard heard = script.play(ReaderPlan.of("load.0"), cut);
            assertThat(heard.events)
                    .as("cut at %d", cut)
                    .containsExactly("send", "at 7", "opened", "record 1", "send", "record 2");
        }
    }

    @Test
    void isOpenAtOnceWhereNothingIsSubscribed() {
        Heard heard =
                new Script().text("HTTP/1.1 101 Switching Protocols\r\n\r\n").play(ReaderPlan.everything(), 0);

        assertThat(heard.events).containsExactly("opened");
    }

    @Test
    void readsEventStreams() {
        Script script = new Script()
                .text("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nretry: 1000\n\n")
                .text("data: {\"type\":\"welcome\"}\n\nid: k3x9:1\ndata: " + SUBSCRIBED + "\n\n")
                .text("id: k3x9:2\ndata: " + data(1) + "\n\nid: k3x9:3\ndata: " + data(2) + "\n\n");

        for (int cut = 0; cut <= script.length(); cut++) {
            Heard heard = script.play(ReaderPlan.of("load.0").over(Carrier.EVENT_STREAM), cut);
            assertThat(heard.events).as("cut at %d", cut).containsExactly("opened", "record 1", "record 2");
        }
    }

    @Test
    void pollsAgainFromTheCursorOfTheAnswer() {
        Script script = new Script()
                .answer("{\"cursor\":\"k3x9:1\",\"envelopes\":[" + SUBSCRIBED + "]}")
                .answer("{\"cursor\":\"k3x9:3\",\"envelopes\":[" + data(1) + "," + data(2) + "]}");

        for (int cut = 0; cut <= script.length(); cut++) {
            Heard heard = script.play(ReaderPlan.of("load.0").over(Carrier.LONG_POLL), cut);
            assertThat(heard.events)
                    .as("cut at %d", cut)
                    .containsExactly("opened", "send", "record 1", "record 2", "send");
            assertThat(heard.sent)
                    .contains("{\"subscribe\":[{\"topic\":\"load.0\"}],\"since\":\"k3x9:3\",\"wait\":20}");
        }
    }

    @Test
    void failsWhereItIsRefused() {
        for (Carrier carrier : Carrier.values()) {
            Heard heard = new Script()
                    .text("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")
                    .play(ReaderPlan.of("load.0").over(carrier), 0);
            assertThat(heard.events).as("%s", carrier).containsExactly("failed: refused: HTTP/1.1 401 Unauthorized");
        }
    }

    private static String data(int stamp) {
        return "{\"type\":\"data\",\"topic\":\"load.0\",\"seq\":1,\"ts\":1,\"data\":{\"t\":" + stamp + ",\"pad\":\""
                + "x".repeat(120) + "\"}}";
    }

    /** What a server says. */
    private static final class Script {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Script text(String text) {
            bytes.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
            return this;
        }

        Script answer(String body) {
            return text("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        }

        Script frame(int opcode, String payload) {
            bytes.write(0x80 | opcode);
            if (payload.length() < 126) {
                bytes.write(payload.length());
            } else {
                bytes.write(126);
                bytes.write(payload.length() >> 8);
                bytes.write(payload.length());
            }
            return text(payload);
        }

        int length() {
            return bytes.size();
        }

        Heard play(ReaderPlan plan, int cut) {
            Conversation conversation = Conversation.of(plan, PORT, new StampFinder());
            Heard heard = new Heard();
            ByteBuffer in = ByteBuffer.allocate(bytes.size());
            byte[] all = bytes.toByteArray();
            in.put(all, 0, cut).flip();
            conversation.read(in, heard);
            in.compact().put(all, cut, all.length - cut).flip();
            for (int left = -1; left != in.remaining(); ) {
                left = in.remaining();
                conversation.read(in, heard);
            }
            return heard;
        }
    }

    private static final class Heard implements Conversation.Listener {
        private final List<String> events = new ArrayList<>();
        private String sent = "";

        @Override
        public void opened() {
            events.add("opened");
        }

        @Override
        public void record(long stamp) {
            events.add("record " + stamp);
        }

        @Override
        public void subscribed(Position head) {
            events.add("at " + head.seq());
        }

        @Override
        public void send(byte[] bytes) {
            events.add("send");
            sent = new String(bytes, StandardCharsets.US_ASCII);
        }

        @Override
        public void failed(String why) {
            events.add("failed: " + why);
        }
    }
}
