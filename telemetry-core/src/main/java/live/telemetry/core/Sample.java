package live.telemetry.core;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A sampled value with a key or a time of its own.
 *
 * @param key what it is about within the topic, or null
 * @param value anything that is JSON in the end
 * @param at when it was measured; null for the moment at which it was sampled
 */
public record Sample(
        @Nullable String key,
        @Nullable Object value,
        @Nullable Instant at) {

    /**
     * A sample under a key, of this moment.
     *
     * @param key what it is about
     * @param value anything that is JSON in the end
     * @return the sample
     */
    public static Sample of(String key, @Nullable Object value) {
        return new Sample(key, value, null);
    }
}
