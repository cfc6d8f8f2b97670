package live.telemetry.benchmarks.client;

import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Long polls on one connection, each sent as soon as the one before is answered. */
final class PollConversation implements Conversation {

    private static final String JSON = "application/json";

    private final ReaderPlan plan;
    private final int port;
    private final StampFinder stamps;
    private @Nullable Integer bodyLength;
    private boolean opened;

    PollConversation(ReaderPlan plan, int port, StampFinder stamps) {
        this.plan = plan;
        this.port = port;
        this.stamps = stamps;
    }

    @Override
    public byte[] opening() {
        // Only for a cursor: where nothing is published yet, the answer would be held.
        return Ascii.post("/telemetry/poll", JSON, plan, port, ",\"wait\":0");
    }

    @Override
    public void read(ByteBuffer in, Listener to) {
        Integer length = bodyLength;
        if (length == null) {
            length = takeHead(in, to);
            bodyLength = length;
        }
        if (length == null || in.remaining() < length) {
            return;
        }
        int from = in.position();
        in.position(from + length);
        bodyLength = null;
        onBody(in.array(), from, from + length, to);
    }

    private static @Nullable Integer takeHead(ByteBuffer in, Listener to) {
        String head = Ascii.takeHead(in);
        if (head == null) {
            return null;
        }
        Optional<String> length = Ascii.between(head.toLowerCase(Locale.ROOT) + "\r\n", "\r\ncontent-length:", "\r\n");
        if (!Ascii.statusLine(head).contains(" 200 ") || length.isEmpty()) {
            to.failed("refused: " + Ascii.statusLine(head));
            return null;
        }
        return Integer.valueOf(length.get().trim());
    }

    private void onBody(byte[] bytes, int from, int to, Listener listener) {
        int position = from;
        while (stamps.find(bytes, position, to)) {
            listener.record(stamps.stamp());
            position = stamps.end();
        }
        // The cursor stands first.
        String beginning = Ascii.text(bytes, from, Math.min(to, from + (16 << 10)));
        Optional<String> cursor = Ascii.between(beginning, "\"cursor\":\"", "\"");
        if (cursor.isEmpty()) {
            listener.failed("an answer without a cursor");
            return;
        }
        if (!opened) {
            opened = true;
            listener.opened();
        }
        listener.send(
                Ascii.post("/telemetry/poll", JSON, plan, port, ",\"since\":\"" + cursor.get() + "\",\"wait\":20"));
    }
}
