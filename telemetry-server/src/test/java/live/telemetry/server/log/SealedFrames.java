package live.telemetry.server.log;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.json.JsonData;
import org.jspecify.annotations.Nullable;

/** Frames that say whose they are and which number they have, under a checksum: a torn or foreign byte cannot hide. */
final class SealedFrames {

    /** Length, owner, number and checksum. */
    static final int SMALLEST = Integer.BYTES + Integer.BYTES + Long.BYTES + Integer.BYTES;

    private static final Topic TOPIC = Topic.of("t");
    private static final JsonData DATA = JsonData.of(1);

    private SealedFrames() {}

    static byte[] frame(int owner, long seq, int size) {
        ByteBuffer frame = ByteBuffer.allocate(size).putInt(size).putInt(owner).putLong(seq);
        long state = owner * 31L + seq;
        while (frame.remaining() > Integer.BYTES) {
            state = state * 6364136223846793005L + 1442695040888963407L;
            frame.put((byte) (state >>> 56));
        }
        return frame.putInt(checksum(frame.duplicate().flip())).array();
    }

    /** What is wrong with the bytes from the position to the limit, which must be exactly one frame; null if nothing is. */
    static @Nullable String problem(ByteBuffer bytes, int owner, long seq) {
        ByteBuffer frame = bytes.slice();
        if (frame.remaining() < SMALLEST) {
            return "only " + frame.remaining() + " bytes for " + seq;
        }
        int size = frame.getInt(0);
        String found = size + " bytes of owner " + frame.getInt(4) + ", seq " + frame.getLong(8);
        String wanted = frame.remaining() + " bytes of owner " + owner + ", seq " + seq;
        if (!found.equals(wanted)) {
            return "wanted " + wanted + ", found " + found;
        }
        int sealed = size - Integer.BYTES;
        return checksum(frame.slice(0, sealed)) == frame.getInt(sealed) ? null : "torn: " + wanted;
    }

    static TelemetryRecord record(long seq) {
        return record(seq, null, 0);
    }

    static TelemetryRecord record(long seq, @Nullable String key, long timestampMillis) {
        return new TelemetryRecord(TOPIC, seq, timestampMillis, key, DATA);
    }

    private static int checksum(ByteBuffer bytes) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes);
        return (int) checksum.getValue();
    }
}
