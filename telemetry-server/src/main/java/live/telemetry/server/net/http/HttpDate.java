package live.telemetry.server.net.http;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The time as a header field says it (RFC 9110 §5.6.7). Any thread. */
public final class HttpDate {

    // DateTimeFormatter.RFC_1123_DATE_TIME leaves out the zero of the first nine days.
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private HttpDate() {}

    /**
     * The time as text.
     *
     * @param nowMillis milliseconds since 1970
     * @return for example {@code Tue, 24 Nov 2026 15:00:00 GMT}
     */
    public static String of(long nowMillis) {
        return FORMAT.format(Instant.ofEpochMilli(nowMillis));
    }
}
