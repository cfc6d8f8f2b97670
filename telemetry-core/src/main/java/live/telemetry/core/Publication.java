package live.telemetry.core;

import live.telemetry.core.json.JsonData;
import org.jspecify.annotations.Nullable;

/**
 * What will be a record once a broadcaster has given it a position.
 *
 * @param topic where to
 * @param timestampMillis milliseconds since 1970
 * @param key at most {@value TelemetryRecord#MAX_KEY_LENGTH} characters, or null for none
 * @param data any JSON value
 */
public record Publication(
        Topic topic, long timestampMillis, @Nullable String key, JsonData data) {

    /**
     * Validates the key.
     *
     * @throws TelemetryException with {@code BAD_REQUEST} if the key is empty or too long
     */
    public Publication {
        checkKey(key);
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

    static void checkKey(@Nullable String key) {
        if (key != null && (key.isEmpty() || key.length() > TelemetryRecord.MAX_KEY_LENGTH)) {
            throw new TelemetryException(
                    ErrorCode.BAD_REQUEST,
                    "a key has 1 to " + TelemetryRecord.MAX_KEY_LENGTH + " characters, not " + key.length()
                            + "; leave it away where there is none");
        }
    }
}
