package live.telemetry.server.net.websocket;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import live.telemetry.server.session.CloseReason;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.exceptions.InvalidDataException;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.framing.Framedata;
import org.jspecify.annotations.Nullable;

/**
 * From a client's bytes to its messages: the engine reads frames and checks them (RFC 6455 §5), this puts fragments together
 * (§5.4) and keeps the bounds that the engine does not.
 */
final class MessageReader {

    private static final byte[] NOTHING = new byte[0];

    private final int maxMessageBytes;
    private final Listener listener;
    private final MaskGuard guard = new MaskGuard();
    private final Draft_6455 engine;
    private @Nullable ByteArrayOutputStream fragments;
    private boolean stopped;

    /** Who gets what was read. */
    interface Listener {
        void onText(String text);

        void onPing(byte[] payload);

        void onPong();

        /** The peer closes: its code, 1005 if it named none. */
        void onClose(int code);

        /** The peer broke a rule; nothing more is read. */
        void onViolation(CloseReason reason);
    }

    MessageReader(int maxMessageBytes, Listener listener) {
        this.maxMessageBytes = maxMessageBytes;
        this.listener = listener;
        // The engine allocates the length that a frame declares, so the bound must be its own as well.
        this.engine = new Draft_6455(List.of(), maxMessageBytes);
    }

    /**
     * Takes bytes.
     *
     * @param in a heap buffer without offset (the engine reads its array); used up
     */
    void read(ByteBuffer in) {
        if (stopped) {
            in.position(in.limit());
            return;
        }
        if (!guard.allMasked(in)) {
            violation(CloseReason.FRAMING);
            return;
        }
        try {
            for (Framedata frame : engine.translateFrame(in)) {
                if (stopped) {
                    return;
                }
                onFrame(frame);
            }
        } catch (InvalidDataException e) {
            violation(reasonFor(e.getCloseCode()));
        }
    }

    private void onFrame(Framedata frame) {
        switch (frame.getOpcode()) {
            case TEXT -> begin(frame);
            case CONTINUOUS -> goOn(frame);
            case BINARY -> violation(CloseReason.BINARY);
            case PING -> listener.onPing(bytes(frame));
            case PONG -> listener.onPong();
            case CLOSING -> {
                stopped = true;
                listener.onClose(frame instanceof CloseFrame close ? close.getCloseCode() : CloseFrame.NOCODE);
            }
        }
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
