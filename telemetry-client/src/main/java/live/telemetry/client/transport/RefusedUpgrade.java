package live.telemetry.client.transport;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the HTTP status of a refused upgrade. Java-WebSocket hands it over only inside the text of a close with 1002, as
 * {@code Invalid status code received: 401 Status line: HTTP/1.1 401 Unauthorized}.
 */
final class RefusedUpgrade {

    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/\\d(?:\\.\\d)?\\s+([1-5]\\d\\d)(?!\\d)");
    private static final Pattern STATUS_CODE =
            Pattern.compile("status code\\D{0,20}([1-5]\\d\\d)(?!\\d)", Pattern.CASE_INSENSITIVE);
    private static final Pattern REFUSED_TOKEN = Pattern.compile("(?<![\\d.:])(40[13])(?![\\d.:])");

    private RefusedUpgrade() {}

    /** The status, or 0 if the text names none. */
    static int statusIn(@Nullable String text) {
        if (text == null) {
            return 0;
        }
        for (Pattern pattern : new Pattern[] {STATUS_LINE, STATUS_CODE, REFUSED_TOKEN}) {
            Matcher matcher = pattern.matcher(text);
            if (matcher.find()) {
                return Integer.parseInt(matcher.group(1));
            }
        }
        return 0;
    }
}
