package live.telemetry.client;

import java.util.function.Predicate;
import live.telemetry.core.envelope.ClientEnvelope;
import live.telemetry.core.envelope.EnvelopeCodec;

/** The way to a server that has welcomed this client. Only on the loop. */
final class Wire {

    private final Predicate<String> sender;
    private final long maxMessageBytes;

    /**
     * @param sender sends a text, or tells that it cannot
     * @param maxMessageBytes the largest message that the server takes
     */
    Wire(Predicate<String> sender, long maxMessageBytes) {
        this.sender = sender;
        this.maxMessageBytes = maxMessageBytes;
    }

    /** Sends, unless the connection has just ended, which the loop is about to be told. */
    void send(ClientEnvelope envelope) {
        sendText(EnvelopeCodec.encode(envelope));
    }

    /** The same with text that is an envelope already. */
    void sendText(String text) {
        sender.test(text);
    }

    /** Whether the server takes a message of that size; a larger one would end the connection (1009). */
    boolean fits(String text) {
        return text.length() * 3L <= maxMessageBytes || utf8Bytes(text) <= maxMessageBytes;
    }

    long maxMessageBytes() {
        return maxMessageBytes;
    }

    private static long utf8Bytes(String text) {
        long bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            // A surrogate is half of four bytes.
            bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return bytes;
    }
}
