package live.telemetry.core;

import live.telemetry.core.json.JsonData;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a topic's log. Immutable.
 *
 * @param topic the topic whose log it stands in
 * @param seq its number in that log, from 1, contiguous within an epoch
 * @param timestampMillis when it was published, milliseconds since 1970, from 0 to 2<sup>53</sup>−1
 * @param key what it is about within the topic (a core, a disk, a region); null where the topic has no keys
 * @param data any JSON value
 */
public record TelemetryRecord(
        Topic topic,
        long seq,
        long timestampMillis,
        @Nullable String key,
        JsonData data) {

    /** The longest key, in characters. */
    public static final int MAX_KEY_LENGTH = 255;

    /**
     * Validates number, time and key.
     *
     * @throws IllegalArgumentException if the number is not from 1 to 2<sup>53</sup>−1
     * @throws TelemetryException with {@code BAD_REQUEST} if the time is out of bounds, or the key empty or too long
     */
    public TelemetryRecord {
        if (seq < 1 || seq >= Position.SEQ_LIMIT) {
            throw new IllegalArgumentException("seq must be from 1 to 2^53-1: " + seq);
        }
        Publication.requireValidTimestamp(timestampMillis);
        Publication.requireValidKey(key);
    }
}
