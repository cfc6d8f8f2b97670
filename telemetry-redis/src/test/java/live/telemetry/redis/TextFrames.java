package live.telemetry.redis;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/** Takes the answer to an upgrade, and then the text frames of a server apart; others are skipped. */
final class TextFrames {

    private static final int TEXT = 1;
    private static final byte[] HEAD_END = {'\r', '\n', '\r', '\n'};

    private final Consumer<String> texts;
    private byte[] rest = {};
    private boolean upgraded;

    TextFrames(Consumer<String> texts) {
        this.texts = texts;
    }

    void accept(ByteBuffer bytes) {
        byte[] all = Arrays.copyOf(rest, rest.length + bytes.remaining());
        bytes.get(all, rest.length, bytes.remaining());
        int at = upgraded ? 0 : endOfHead(all);
        upgraded |= at > 0;
        int end = upgraded ? endOfFrame(all, at) : -1;
        while (end >= 0) {
            int start = at + headLength(all, at);
            if ((all[at] & 0x0F) == TEXT) {
                texts.accept(new String(all, start, end - start, StandardCharsets.UTF_8));
            }
            at = end;
            end = endOfFrame(all, at);
        }
        rest = Arrays.copyOfRange(all, at, all.length);
    }

    private static int endOfHead(byte[] bytes) {
        for (int i = 0; i + HEAD_END.length <= bytes.length; i++) {
            if (Arrays.equals(bytes, i, i + HEAD_END.length, HEAD_END, 0, HEAD_END.length)) {
                return i + HEAD_END.length;
            }
        }
        return 0;
    }

    /** -1 if it has not come as a whole. */
    private static int endOfFrame(byte[] bytes, int at) {
        if (bytes.length < at + 2 || bytes.length < at + headLength(bytes, at)) {
            return -1;
        }
        ByteBuffer head = ByteBuffer.wrap(bytes, at + 1, headLength(bytes, at) - 1);
        int named = head.get();
        long length = named == 126 ? head.getShort() & 0xFFFF : named == 127 ? head.getLong() : named;
        long end = at + headLength(bytes, at) + length;
        return end <= bytes.length ? (int) end : -1;
    }

    private static int headLength(byte[] bytes, int at) {
        return bytes[at + 1] == 126 ? 4 : bytes[at + 1] == 127 ? 10 : 2;
    }
}
