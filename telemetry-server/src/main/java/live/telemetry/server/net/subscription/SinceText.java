package live.telemetry.server.net.subscription;

import java.util.Optional;
import live.telemetry.core.Position;
import live.telemetry.core.envelope.Since;
import live.telemetry.server.net.http.HttpException;

/** Where to begin, as a text: {@code start}, {@code snapshot}, {@code last:N}; anything else is a cursor. */
final class SinceText {

    private static final String LAST = "last:";

    private SinceText() {}

    /** Empty if it is a cursor. */
    static Optional<Since> word(String text) {
        if (text.equals("start")) {
            return Optional.of(Since.START);
        }
        if (text.equals("snapshot")) {
            return Optional.of(Since.SNAPSHOT);
        }
        if (!text.startsWith(LAST)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Since.last(number(text.substring(LAST.length()))));
        } catch (IllegalArgumentException e) {
            throw HttpException.badRequest("last:N needs a whole number N of at least 1");
        }
    }

    /** {@code <epoch>:<seq>}. */
    static Position position(String text) {
        int colon = text.indexOf(':');
        try {
            return new Position(text.substring(0, colon), number(text.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            throw Cursors.unreadable();
        }
    }

    /** Digits only: no sign, and none of other scripts. */
    private static long number(String digits) {
        if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new NumberFormatException("not a number");
        }
        return Long.parseLong(digits);
    }
}
