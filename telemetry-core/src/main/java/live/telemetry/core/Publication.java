package live.telemetry.core;

import live.telemetry.core.json.JsonData;
import org.jspecify.annotations.Nullable;

/**
 * What will be a record once a broadcaster has given it a position.
 *
 * @param topic where to
 * @param timestampMillis milliseconds since 1970, from 0 to 2<sup>53</sup>−1
 * @param key at most {@value TelemetryRecord#MAX_KEY_LENGTH} characters, or null for none
 * @param data any JSON value
 */
public record Publication(
        Topic topic, long timestampMillis, @Nullable String key, JsonData data) {

    /**
     * Validates time and key.
     *
     * @throws TelemetryException with {@code BAD_REQUEST} if the time is out of bounds, or the key empty or too long
     */
    public Publication {
        requireValidTimestamp(timestampMillis);
        requireValidKey(key);
    }

    /**
     * The record that this becomes.
     *
     * @param seq the number that the broadcaster gave it
     * @return the record
     */
    public TelemetryRecord toRecord(long seq) {
        return new TelemetryRecord(topic, seq, timestampMillis, key, data);
    }

    /**
     * Checks a key before there is a publication.
     *
     * @param key the key, or null for none
     * @throws TelemetryException with {@code BAD_REQUEST} if it is empty or longer than {@value
     *     TelemetryRecord#MAX_KEY_LENGTH} characters
     */
    public static void requireValidKey(@Nullable String key) {
        if (key != null && (key.isEmpty() || key.length() > TelemetryRecord.MAX_KEY_LENGTH)) {
            throw new TelemetryException(
                    ErrorCode.BAD_REQUEST,
                    "a key has 1 to " + TelemetryRecord.MAX_KEY_LENGTH + " characters, not " + key.length()
                            + "; leave it away where there is none");
        }
    }

    /** Readers of the wire take no other number, so one record with a stray clock would stop all of them. */
    static void requireValidTimestamp(long millis) {
        if (millis < 0 || millis >= Position.SEQ_LIMIT) {
            throw new TelemetryException(
                    ErrorCode.BAD_REQUEST, "a timestamp is milliseconds since 1970, from 0 to 2^53-1, not " + millis);
        }
    }
}
