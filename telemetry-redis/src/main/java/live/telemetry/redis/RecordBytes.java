package live.telemetry.redis;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import live.telemetry.core.Publication;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.json.JsonData;
import org.jspecify.annotations.Nullable;

/**
 * A record in bytes, the same in messages, in streams and in the table of latest records. Topic and seq stand outside.
 *
 * <pre>
 * record    = length body                length: of body
 * body      = timestamp keyLength key data
 * timestamp = ms since 1970
 * keyLength = in bytes; 0 is a record without a key
 * key, data = UTF-8; data is JSON and goes to the end of body
 * </pre>
 *
 * Numbers are unsigned, seven bits a byte, least significant first, the eighth bit set on all but the last.
 */
final class RecordBytes {

    private static final int MAX_VARINT_BITS = 63;

    private RecordBytes() {}

    static byte[] encode(Publication publication) {
        byte[] data = publication.data().text().getBytes(StandardCharsets.UTF_8);
        String name = publication.key();
        byte[] key = name == null ? new byte[0] : name.getBytes(StandardCharsets.UTF_8);
        int body = varintSize(publication.timestampMillis()) + varintSize(key.length) + key.length + data.length;
        ByteBuffer bytes = ByteBuffer.allocate(varintSize(body) + body);
        putVarint(bytes, body);
        putVarint(bytes, publication.timestampMillis());
        putVarint(bytes, key.length);
        return bytes.put(key).put(data).array();
    }

    /**
     * Reads a record and moves behind it.
     *
     * @return null if it is not valid; its bytes may have come from anywhere
     * @throws IllegalArgumentException if not even its length can be made out
     */
    static @Nullable TelemetryRecord decode(Topic topic, long seq, ByteBuffer bytes) {
        long length = varint(bytes);
        if (length < 0 || length > bytes.remaining()) {
            throw new IllegalArgumentException("a record of " + length + " bytes where " + bytes.remaining() + " are");
        }
        ByteBuffer body = bytes.slice(bytes.position(), (int) length);
        bytes.position(bytes.position() + (int) length);
        try {
            long timestamp = varint(body);
            long keyLength = varint(body);
            if (keyLength > body.remaining()) {
                return null;
            }
            String key = text(body, (int) keyLength);
            String data = text(body, body.remaining());
            return new TelemetryRecord(topic, seq, timestamp, keyLength == 0 ? null : key, JsonData.parse(data));
        } catch (RuntimeException | CharacterCodingException e) {
            return null;
        }
    }

    /** Reads the one record that these bytes are; null if they are not. */
    static @Nullable TelemetryRecord decodeWhole(Topic topic, long seq, ByteBuffer bytes) {
        try {
            TelemetryRecord record = decode(topic, seq, bytes);
            return bytes.hasRemaining() ? null : record;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String text(ByteBuffer bytes, int length) throws CharacterCodingException {
        ByteBuffer part = bytes.slice(bytes.position(), length);
        bytes.position(bytes.position() + length);
        return StandardCharsets.UTF_8.newDecoder().decode(part).toString();
    }

    private static int varintSize(long value) {
        return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7);
    }

    private static void putVarint(ByteBuffer bytes, long value) {
        long rest = value;
        while (rest >= 0x80) {
            bytes.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        bytes.put((byte) rest);
    }

    private static long varint(ByteBuffer bytes) {
        long value = 0;
        for (int shift = 0; shift < MAX_VARINT_BITS; shift += 7) {
            if (!bytes.hasRemaining()) {
                break;
            }
            byte next = bytes.get();
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number that does not end");
    }
}
