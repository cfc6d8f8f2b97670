package live.telemetry.client.transport.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import live.telemetry.client.transport.http.HttpCalls.CallFailure;
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

    /** Is told once, by one of these. */
    interface Receiver {

        void answered(Answer answer);

        void failed(CallFailure failure);
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
    public boolean onBytes(ByteBuffer bytes) {
        if (bytes.remaining() > maxBytes - body.size()) {
            receiver.failed(new CallFailure("an answer of more than " + maxBytes + " bytes", true));
            return false;
        }
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        body.writeBytes(copy);
        return true;
    }

    @Override
    public void onEnd(@Nullable CallFailure failure) {
        HttpHead came = head;
        if (failure == null && came != null) {
            receiver.answered(new Answer(came, body.toString(StandardCharsets.UTF_8)));
        } else {
            receiver.failed(failure == null ? new CallFailure("no answer", true) : failure);
        }
    }
}
