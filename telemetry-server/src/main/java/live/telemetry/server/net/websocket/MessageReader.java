package live.telemetry.server.net.websocket;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.LongSupplier;
import live.telemetry.server.session.CloseReason;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.exceptions.InvalidDataException;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.framing.Framedata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From a client's bytes to its messages: the engine reads complete frames and checks them (RFC 6455 §5), this puts cut frames
 * and fragments (§5.4) together and keeps the bounds that the engine does not.
 */
final class MessageReader {

    private static final Logger LOG = LoggerFactory.getLogger(MessageReader.class);
    private static final byte[] NOTHING = new byte[0];

    private final int maxMessageBytes;
    private final LongSupplier nanoClock;
    private final Listener listener;
    private final FrameWalker walker;
    private final Draft_6455 engine;

    /** Of the frame that is not complete yet; grows with what arrives, not with what is declared. */
    private @Nullable ByteArrayOutputStream begun;

    /** Of the message that is not complete yet. */
    private @Nullable ByteArrayOutputStream fragments;

    private long begunNanos;
    private boolean stopped;

    /** Who gets what was read. */
    interface Listener {
        void onText(String text);

        void onPing(byte[] payload);

        void onPong();

        /** The peer closes; nothing more is read. */
        void onClose();

        /** The peer broke a rule; nothing more is read. */
        void onViolation(CloseReason reason);
    }

    /**
     * A reader for one connection.
     *
     * @param engine may be shared by the connections of a loop: it gets complete frames only, and keeps nothing between them
     * @param maxMessageBytes the longest message
     * @param nanoClock of the loop
     * @param listener gets what was read
     */
    MessageReader(Draft_6455 engine, int maxMessageBytes, LongSupplier nanoClock, Listener listener) {
        this.maxMessageBytes = maxMessageBytes;
        this.nanoClock = nanoClock;
        this.listener = listener;
        this.walker = new FrameWalker(maxMessageBytes);
        this.engine = engine;
    }

    /**
     * Takes bytes.
     *
     * @param in a heap buffer without offset; used up
     */
    void read(ByteBuffer in) {
        while (in.hasRemaining() && !stopped) {
            if (!isUnfinished()) {
                begunNanos = nanoClock.getAsLong();
            }
            int start = in.position();
            boolean complete = walker.walk(in);
            CloseReason fault = walker.fault();
            if (fault != null) {
                violation(fault);
            } else if (complete) {
                readFrame(frame(in.array(), start, in.position() - start));
            } else {
                keep(in.array(), start, in.position() - start);
            }
        }
        in.position(in.limit());
    }

    /** Whether a frame or a message has begun, of which the rest is still to come. */
    boolean isUnfinished() {
        return begun != null || fragments != null;
    }

    /** When that began; only while {@link #isUnfinished()}. */
    long unfinishedSinceNanos() {
        return begunNanos;
    }

    private void keep(byte[] bytes, int start, int length) {
        if (begun == null) {
            begun = new ByteArrayOutputStream(length);
        }
        begun.write(bytes, start, length);
    }

    /** A complete frame, of which the first part may have come earlier. */
    private ByteBuffer frame(byte[] bytes, int start, int length) {
        if (begun == null) {
            return ByteBuffer.wrap(bytes, start, length);
        }
        begun.write(bytes, start, length);
        byte[] all = begun.toByteArray();
        begun = null;
        return ByteBuffer.wrap(all);
    }

    private void readFrame(ByteBuffer bytes) {
        List<Framedata> frames;
        try {
            frames = engine.translateFrame(bytes);
        } catch (InvalidDataException e) {
            violation(reasonFor(e.getCloseCode()));
            return;
        } catch (RuntimeException e) {
            // It trips over some bad frames, such as a close whose reason is not UTF-8.
            LOG.debug("the engine failed on a frame", e);
            violation(CloseReason.FRAMING);
            return;
        }
        frames.forEach(this::onFrame);
    }

    private void onFrame(Framedata frame) {
        switch (frame.getOpcode()) {
            case TEXT -> begin(frame);
            case CONTINUOUS -> goOn(frame);
            case BINARY -> violation(CloseReason.BINARY);
            case PING -> listener.onPing(bytes(frame));
            case PONG -> listener.onPong();
            case CLOSING -> onClose(frame);
        }
    }

    private void onClose(Framedata frame) {
        int code = frame instanceof CloseFrame close ? close.getCloseCode() : CloseFrame.NOCODE;
        if (code == CloseFrame.PROTOCOL_ERROR) {
            // The engine's word for half a code (RFC 6455 §5.5.1). A peer that says so itself gets it back.
            violation(CloseReason.FRAMING);
            return;
        }
        stopped = true;
        listener.onClose();
    }

    private void begin(Framedata frame) {
        if (fragments != null) {
            violation(CloseReason.FRAMING);
        } else if (frame.isFin()) {
            onText(frame.getPayloadData());
        } else {
            fragments = new ByteArrayOutputStream();
            collect(fragments, frame);
        }
    }

    private void goOn(Framedata frame) {
        ByteArrayOutputStream collected = fragments;
        if (collected == null) {
            violation(CloseReason.FRAMING);
            return;
        }
        collect(collected, frame);
        if (frame.isFin() && !stopped) {
            fragments = null;
            onText(ByteBuffer.wrap(collected.toByteArray()));
        }
    }

    private void collect(ByteArrayOutputStream collected, Framedata frame) {
        byte[] part = bytes(frame);
        if (collected.size() + part.length > maxMessageBytes) {
            violation(CloseReason.TOO_BIG);
        } else {
            collected.write(part, 0, part.length);
        }
    }

    private void onText(ByteBuffer utf8) {
        String text;
        try {
            // A new decoder reports what is not UTF-8; String's own would replace it.
            text = StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
        } catch (CharacterCodingException e) {
            violation(CloseReason.NOT_UTF8);
            return;
        }
        listener.onText(text);
    }

    private void violation(CloseReason reason) {
        stopped = true;
        begun = null;
        fragments = null;
        listener.onViolation(reason);
    }

    private static CloseReason reasonFor(int engineCode) {
        return switch (engineCode) {
            case CloseFrame.TOOBIG -> CloseReason.TOO_BIG;
            case CloseFrame.NO_UTF8 -> CloseReason.NOT_UTF8;
            default -> CloseReason.FRAMING;
        };
    }

    private static byte[] bytes(Framedata frame) {
        ByteBuffer payload = frame.getPayloadData();
        if (!payload.hasRemaining()) {
            return NOTHING;
        }
        byte[] bytes = new byte[payload.remaining()];
        payload.get(bytes);
        return bytes;
    }
}
