package live.telemetry.benchmarks.client;

import java.nio.ByteBuffer;

/** Server-Sent Events, with one line of {@code data:} an event. */
final class EventStreamConversation implements Conversation {

    private final ReaderPlan plan;
    private final int port;
    private final StampFinder stamps;
    private boolean answered;
    private int acknowledged;

    EventStreamConversation(ReaderPlan plan, int port, StampFinder stamps) {
        this.plan = plan;
        this.port = port;
        this.stamps = stamps;
    }

    @Override
    public byte[] opening() {
        return Ascii.post("/telemetry/events", "text/event-stream", plan, port, "");
    }

    @Override
    public void read(ByteBuffer in, Listener to) {
        if (!answered && !takeAnswer(in, to)) {
            return;
        }
        byte[] bytes = in.array();
        int limit = in.limit();
        int start = in.position();
        for (int i = start; i < limit; i++) {
            if (bytes[i] == '\n') {
                onLine(bytes, start, i, to);
                start = i + 1;
            }
        }
        in.position(start);
    }

    private boolean takeAnswer(ByteBuffer in, Listener to) {
        String head = Ascii.takeHead(in);
        if (head == null) {
            return false;
        }
        if (!Ascii.statusLine(head).contains(" 200 ")) {
            to.failed("refused: " + Ascii.statusLine(head));
            return false;
        }
        answered = true;
        return true;
    }

    private void onLine(byte[] bytes, int from, int to, Listener listener) {
        if (to - from < 6 || bytes[from] != 'd') {
            return;
        }
        if (stamps.find(bytes, from, to)) {
            listener.record(stamps.stamp());
            return;
        }
        String line = Ascii.text(bytes, from, to);
        if (line.startsWith("data: {\"type\":\"error\"")) {
            listener.failed(line);
        } else if (line.startsWith("data: {\"type\":\"subscribed\"")
                && ++acknowledged == plan.subscriptions().size()) {
            listener.opened();
        }
    }
}
