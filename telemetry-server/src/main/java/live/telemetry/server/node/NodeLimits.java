package live.telemetry.server.node;

/**
 * Bounds of a topic and a record.
 *
 * @param maxRecordBytes bytes of a record's data, as UTF-8
 * @param maxKeysPerTopic keys of a topic whose latest record is kept
 */
public record NodeLimits(int maxRecordBytes, int maxKeysPerTopic) {

    /** What an envelope and a frame add to a record's data at most: names, numbers, an escaped key. */
    private static final int ENVELOPE_BYTES = 4 << 10;

    /** The largest frame that a log takes. */
    int maxFrameBytes() {
        return maxRecordBytes + ENVELOPE_BYTES;
    }
}
