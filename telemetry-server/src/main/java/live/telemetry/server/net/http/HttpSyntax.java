package live.telemetry.server.net.http;

/** The character classes of RFC 9110 §5. */
final class HttpSyntax {

    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    private HttpSyntax() {}

    /** A token: a method, a field name, an element of many lists (RFC 9110 §5.6.2). */
    static boolean isToken(String text) {
        return !text.isEmpty()
                && text.chars().allMatch(c -> isAlpha(c) || isDigit(c) || (c < 0x80 && TOKEN_MARKS.indexOf(c) >= 0));
    }

    /** Visible ASCII and nothing else: no space, no control character, nothing beyond 0x7E. */
    static boolean isVisible(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 0x7F);
    }

    static boolean isDigits(String text) {
        return !text.isEmpty() && text.chars().allMatch(HttpSyntax::isDigit);
    }

    static boolean isAlpha(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    /** Removes optional white space, which is spaces and tabs only (RFC 9110 §5.6.3), from both ends. */
    static String trimWhitespace(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && isWhitespace(text.charAt(start))) {
            start++;
        }
        while (end > start && isWhitespace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    static boolean isWhitespace(char c) {
        return c == ' ' || c == '\t';
    }
}
