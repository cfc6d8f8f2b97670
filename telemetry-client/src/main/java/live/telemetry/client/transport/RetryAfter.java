package live.telemetry.client.transport;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** The header field {@code Retry-After} (RFC 9110 §10.2.3): seconds, or a date. */
public final class RetryAfter {

    private RetryAfter() {}

    /**
     * Reads its value.
     *
     * @param value as it came
     * @return how long to wait from now on, or null if the value means nothing
     */
    public static @Nullable Duration read(String value) {
        String text = value.trim();
        if (text.matches("\\d{1,9}")) {
            return Duration.ofSeconds(Long.parseLong(text));
        }
        try {
            Instant date = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            Duration left = Duration.between(Instant.now(), date);
            return left.isNegative() ? Duration.ZERO : left;
        } catch (DateTimeException e) {
            return null;
        }
    }
}
