package live.telemetry.server.net.http;

import java.util.Locale;
import java.util.Optional;

/**
 * A host and perhaps a port, as in {@code Host} and in an origin (RFC 3986 §3.2, without user information).
 *
 * @param host a name or an address, in lower case; an IPv6 address in its brackets
 * @param port the port, or {@link #NO_PORT}
 */
record Authority(String host, int port) {

    static final int NO_PORT = -1;

    private static final int MAX_PORT = 65_535;

    /** Empty if the text is not a host with an optional port. */
    static Optional<Authority> parse(String text) {
        int hostEnd = text.startsWith("[") ? text.indexOf(']') + 1 : text.indexOf(':');
        if (hostEnd < 0) {
            hostEnd = text.length();
        }
        String host = text.substring(0, hostEnd);
        String rest = text.substring(hostEnd);
        if (!isHost(host) || !(rest.isEmpty() || rest.startsWith(":"))) {
            return Optional.empty();
        }
        // "host:" is allowed and means the same as "host" (RFC 3986 §3.2.3).
        String digits = rest.isEmpty() ? rest : rest.substring(1);
        if (digits.isEmpty()) {
            return Optional.of(new Authority(host.toLowerCase(Locale.ROOT), NO_PORT));
        }
        if (digits.length() > 5 || !HttpSyntax.isDigits(digits) || Integer.parseInt(digits) > MAX_PORT) {
            return Optional.empty();
        }
        return Optional.of(new Authority(host.toLowerCase(Locale.ROOT), Integer.parseInt(digits)));
    }

    int portOr(int defaultPort) {
        return port == NO_PORT ? defaultPort : port;
    }

    private static boolean isHost(String host) {
        if (host.startsWith("[")) {
            String address = host.substring(1, host.length() - 1);
            return address.indexOf(':') >= 0
                    && address.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 0x80 || c == ':' || c == '.');
        }
        // Narrower than a reg-name: sub-delims and percent-encoding occur in no real host name.
        return !host.isEmpty()
                && host.chars().allMatch(c -> HttpSyntax.isAlpha(c) || HttpSyntax.isDigit(c) || "-._~".indexOf(c) >= 0);
    }

    @Override
    public String toString() {
        return port == NO_PORT ? host : host + ":" + port;
    }
}
