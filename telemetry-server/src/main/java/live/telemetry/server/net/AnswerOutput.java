package live.telemetry.server.net;

import live.telemetry.server.net.http.HttpAnswer;
import live.telemetry.server.session.WriteBatch;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an answer on their way to the peer, and who wants to know when they take no memory any more. A body goes in parts,
 * so that a peer that takes nothing has a part of it kept, and not a copy of the whole: many answers share the body of one file.
 */
final class AnswerOutput {

    /** How much of a body is handed to a batch at a time. */
    static final int PART_BYTES = 64 << 10;

    private static final byte[] NOTHING = new byte[0];

    private byte[] head = NOTHING;
    private byte[] body = NOTHING;
    private int bodyAt;
    private @Nullable Runnable whenGone;

    /** What is written next, in place of what was not begun yet. */
    void write(HttpAnswer answer) {
        write(answer.head());
        body = answer.content();
    }

    /** What is written next, in place of what was not begun yet. */
    void write(byte[] interim) {
        head = interim;
        body = NOTHING;
        bodyAt = 0;
    }

    void whenGone(Runnable then) {
        whenGone = then;
    }

    /** Whether something is still to be handed to a batch. */
    boolean isWaiting() {
        return head.length > 0 || bodyAt < body.length;
    }

    void fill(WriteBatch batch) {
        if (head.length > 0) {
            batch.addBytes(head);
            head = NOTHING;
        }
        if (bodyAt < body.length) {
            int part = Math.min(PART_BYTES, body.length - bodyAt);
            batch.addBytes(body, bodyAt, part);
            bodyAt += part;
        }
    }

    /** The peer has taken it, or never will. */
    void gone() {
        write(NOTHING);
        Runnable then = whenGone;
        whenGone = null;
        if (then != null) {
            then.run();
        }
    }
}
