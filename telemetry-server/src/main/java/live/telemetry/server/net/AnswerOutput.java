package live.telemetry.server.net;

import live.telemetry.server.session.WriteBatch;
import org.jspecify.annotations.Nullable;

/** The bytes of an answer on their way to the peer, and who wants to know when they take no memory any more. */
final class AnswerOutput {

    private byte @Nullable [] bytes;
    private @Nullable Runnable whenGone;

    /** What is written next, in place of what was not begun yet. */
    void write(byte[] answer) {
        bytes = answer;
    }

    void whenGone(Runnable then) {
        whenGone = then;
    }

    /** Whether something is still to be handed to a batch. */
    boolean isWaiting() {
        return bytes != null;
    }

    void fill(WriteBatch batch) {
        if (bytes != null) {
            batch.addBytes(bytes);
            bytes = null;
        }
    }

    /** The peer has taken it, or never will. */
    void gone() {
        Runnable then = whenGone;
        whenGone = null;
        if (then != null) {
            then.run();
        }
    }
}
