package live.telemetry.core;

/** The grammar of topics and patterns; the rule stands in {@code docs/PROTOCOL.md}, "Topics". */
final class TopicSyntax {

    private TopicSyntax() {}

    static void check(String name, boolean wildcards) {
        int length = name.length();
        if (length == 0 || length > Topic.MAX_LENGTH) {
            throw bad(name, "must have 1 to " + Topic.MAX_LENGTH + " characters, not " + length);
        }
        int tokenStart = 0;
        for (int i = 0; i <= length; i++) {
            if (i < length && name.charAt(i) != '.') {
                continue;
            }
            checkToken(name, tokenStart, i, wildcards);
            tokenStart = i + 1;
        }
    }

    private static void checkToken(String name, int start, int end, boolean wildcards) {
        if (start == end) {
            throw bad(name, "has an empty token: tokens are separated by single dots");
        }
        char first = name.charAt(start);
        if (first == '*' || first == '>') {
            if (!wildcards) {
                throw bad(name, "is a pattern; a topic has no '*' or '>'");
            }
            if (end - start > 1) {
                throw bad(name, "uses '" + first + "' inside a token; a wildcard is a whole token");
            }
            if (first == '>' && end != name.length()) {
                throw bad(name, "has '>' before its end; only the last token can be '>'");
            }
            return;
        }
        for (int i = start; i < end; i++) {
            char c = name.charAt(i);
            if (c == '*' || c == '>') {
                throw bad(name, "uses '" + c + "' inside a token; a wildcard is a whole token");
            }
            if (!isTokenCharacter(c)) {
                throw bad(
                        name,
                        "has the character " + describe(c) + " at " + i + "; allowed are A-Z a-z 0-9 _ - : / and .");
            }
        }
    }

    private static boolean isTokenCharacter(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '_'
                || c == '-'
                || c == ':'
                || c == '/';
    }

    private static String describe(char c) {
        return c > ' ' && c < 127 ? "'" + c + "'" : String.format("U+%04X", (int) c);
    }

    private static TelemetryException bad(String name, String why) {
        String shown = name.length() > 64 ? name.substring(0, 64) + "…" : name;
        return new TelemetryException(ErrorCode.BAD_TOPIC, "topic \"" + shown + "\" " + why);
    }
}
