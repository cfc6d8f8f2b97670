package live.telemetry.redis;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;

/**
 * A message on a partition's channel: what one batch stored. Written by {@code publish.lua}.
 *
 * <pre>
 * message = version:1 counter:8 run*              version: 1; counter: of the partition
 * run     = length:2 topic  length:1 epoch  first:8  count:4  size:4  record*
 *                                                 first: seq of the first record; size: bytes of all records
 * </pre>
 *
 * Numbers are big-endian, {@link RecordBytes} has the form of a record.
 *
 * @param counter goes up by one from message to message of a partition
 * @param runs records of one topic each
 */
record FeedMessage(long counter, List<Run> runs) {

    private static final byte VERSION = 1;

    /**
     * Contiguous records of one topic, not decoded yet.
     *
     * @param topic the topic
     * @param epoch theirs
     * @param first seq of the first
     * @param count how many, at least 1
     * @param bytes they
     */
    record Run(Topic topic, String epoch, long first, int count, ByteBuffer bytes) {

        long last() {
            return first + count - 1;
        }

        /**
         * Decodes the records from a number on.
         *
         * @return lists of contiguous records; more than one where a record between cannot be read
         */
        List<List<TelemetryRecord>> records(long from, RedisCounters counters) {
            List<List<TelemetryRecord>> parts = new ArrayList<>(1);
            List<TelemetryRecord> part = new ArrayList<>(count);
            ByteBuffer rest = bytes.duplicate();
            for (long seq = first; seq <= last(); seq++) {
                TelemetryRecord record;
                try {
                    record = RecordBytes.decode(topic, seq, rest);
                } catch (IllegalArgumentException e) {
                    // Where this one ends is not known, so neither is where the others begin.
                    counters.unreadableRecords.add(last() - seq + 1);
                    break;
                }
                if (record == null) {
                    counters.unreadableRecords.increment();
                    parts.add(part);
                    part = new ArrayList<>();
                } else if (seq >= from) {
                    part.add(record);
                }
            }
            parts.add(part);
            parts.removeIf(List::isEmpty);
            return parts;
        }
    }

    /**
     * Reads a message.
     *
     * @throws RuntimeException if it is none; anybody may publish on a channel
     */
    static FeedMessage decode(byte[] message) {
        ByteBuffer bytes = ByteBuffer.wrap(message);
        byte version = bytes.get();
        if (version != VERSION) {
            throw new IllegalArgumentException("a message of version " + version);
        }
        long counter = bytes.getLong();
        List<Run> runs = new ArrayList<>();
        while (bytes.hasRemaining()) {
            Topic topic = Topic.of(text(bytes, bytes.getShort() & 0xFFFF));
            String epoch = text(bytes, bytes.get() & 0xFF);
            long first = bytes.getLong();
            int count = bytes.getInt();
            int size = bytes.getInt();
            if (count < 1 || count > size || first < 1) {
                throw new IllegalArgumentException("a run of " + count + " records from " + first);
            }
            runs.add(new Run(topic, epoch, first, count, bytes.slice(bytes.position(), size)));
            bytes.position(bytes.position() + size);
        }
        return new FeedMessage(counter, runs);
    }

    private static String text(ByteBuffer bytes, int length) {
        byte[] text = new byte[length];
        bytes.get(text);
        return new String(text, StandardCharsets.US_ASCII);
    }
}
