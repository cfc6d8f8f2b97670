package live.telemetry.redis;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import live.telemetry.core.Topic;

/** Writes messages as {@code publish.lua} does. */
final class MessageBytes {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    MessageBytes(long counter) {
        try {
            out.writeByte(1);
            out.writeLong(counter);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    MessageBytes run(Topic topic, String epoch, long first, byte[]... records) {
        try {
            out.writeShort(topic.name().length());
            out.write(topic.name().getBytes(StandardCharsets.US_ASCII));
            out.writeByte(epoch.length());
            out.write(epoch.getBytes(StandardCharsets.US_ASCII));
            out.writeLong(first);
            out.writeInt(records.length);
            int size = 0;
            for (byte[] record : records) {
                size += record.length;
            }
            out.writeInt(size);
            for (byte[] record : records) {
                out.write(record);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }

    /** The one run of a message with numbers as records. */
    static FeedMessage.Run numbers(Topic topic, String epoch, int first, int last) {
        byte[][] records = new byte[last - first + 1][];
        for (int i = 0; i < records.length; i++) {
            records[i] = RecordBytes.encode(StoreRig.publication(topic, first + i));
        }
        byte[] message = new MessageBytes(1).run(topic, epoch, first, records).bytes();
        return FeedMessage.decode(message).runs().get(0);
    }
}
