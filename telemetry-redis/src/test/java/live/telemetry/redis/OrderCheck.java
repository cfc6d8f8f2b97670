package live.telemetry.redis;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Holds the envelopes of one connection against what they must be: {@code subscribed}, then number after number. */
final class OrderCheck {

    private static final Pattern DATA =
            Pattern.compile("\\{\"type\":\"data\",\"topic\":\"([^\"]+)\",\"seq\":(\\d+),.*");
    private static final Pattern SUBSCRIBED =
            Pattern.compile("\\{\"type\":\"subscribed\",.*\"topic\":\"([^\"]+)\",.*\"seq\":(\\d+),.*");

    private final Consumer<String> complaints;
    private final Map<String, Long> last = new HashMap<>();

    OrderCheck(Consumer<String> complaints) {
        this.complaints = complaints;
    }

    /** Whether it was a record that followed. */
    boolean accept(String envelope) {
        Matcher data = DATA.matcher(envelope);
        if (data.matches()) {
            long seq = Long.parseLong(data.group(2));
            Long before = last.put(data.group(1), seq);
            if (before == null || seq != before + 1) {
                complaints.accept(data.group(1) + " has " + seq + " after " + before);
                return false;
            }
            return true;
        }
        Matcher subscribed = SUBSCRIBED.matcher(envelope);
        if (subscribed.matches()) {
            last.put(subscribed.group(1), Long.parseLong(subscribed.group(2)));
        } else if (!envelope.startsWith("{\"type\":\"welcome\"")) {
            complaints.accept(envelope);
        }
        return false;
    }
}
