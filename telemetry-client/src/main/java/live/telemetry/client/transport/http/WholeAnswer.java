package live.telemetry.client.transport.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import live.telemetry.client.transport.http.HttpCalls.CallListener;
import live.telemetry.client.transport.http.HttpCalls.HttpHead;
import org.jspecify.annotations.Nullable;

/** Gathers an answer, up to a bound, and tells of it as a whole. Only on the session's thread. */
final class WholeAnswer implements CallListener {

    /** Answers of which nothing but an envelope is expected. */
    static final int SMALL_BYTES = 64 << 10;

    private final int maxBytes;
    private final Receiver receiver;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);
    private @Nullable HttpHead head;
    private boolean tooLarge;

    /** What has come. */
    @FunctionalInterface
    interface Receiver {

        /**
         * Called once.
         *
         * @param answer null if there is none
         * @param failure in words why not; empty if there is one
         */
        void answered(@Nullable Answer answer, String failure);
    }

    /** An answer with its body. */
    record Answer(HttpHead head, String body) {}

    /** @param maxBytes of the body; a larger one is a failure */
    WholeAnswer(int maxBytes, Receiver receiver) {
        this.maxBytes = maxBytes;
        this.receiver = receiver;
    }

    @Override
    public void onHead(HttpHead head) {
        this.head = head;
    }

    @Override
    public void onBytes(ByteBuffer bytes) {
        if (bytes.remaining() > maxBytes - body.size()) {
            tooLarge = true;
        }
        if (!tooLarge) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            body.writeBytes(copy);
        }
    }

    @Override
    public void onEnd(@Nullable String failure) {
        HttpHead came = head;
        if (failure != null || came == null) {
            receiver.answered(null, failure == null ? "no answer" : failure);
        } else if (tooLarge) {
            receiver.answered(null, "an answer of more than " + maxBytes + " bytes");
        } else {
            receiver.answered(new Answer(came, body.toString(StandardCharsets.UTF_8)), "");
        }
    }
}
