package live.telemetry.benchmarks.client;

import java.nio.ByteBuffer;
import live.telemetry.core.Position;

/** What one reader says to its server, and how it understands what comes. Confined to its loop. */
interface Conversation {

    /** The request that begins it. */
    byte[] opening();

    /**
     * Reads the complete messages that have come.
     *
     * @param in backed by an array; what is left in it comes again, with more behind
     * @param to is told what they are
     */
    void read(ByteBuffer in, Listener to);

    /** What asks for the last records once more. */
    default byte[] replayRequest() {
        throw new UnsupportedOperationException("only a WebSocket can ask for records again");
    }

    /** Who is told. */
    interface Listener {
        /** Everything that was asked for has begun. */
        void opened();

        /** A record has come that was made at this {@link System#nanoTime()}. */
        void record(long stamp);

        /** A topic stands here. */
        void subscribed(Position head);

        /** This is to be sent. */
        void send(byte[] bytes);

        /** It cannot go on. */
        void failed(String why);
    }

    static Conversation of(ReaderPlan plan, int port, StampFinder stamps) {
        return switch (plan.carrier()) {
            case WEB_SOCKET -> new WebSocketConversation(plan, port, stamps);
            case EVENT_STREAM -> new EventStreamConversation(plan, port, stamps);
            case LONG_POLL -> new PollConversation(plan, port, stamps);
        };
    }
}
