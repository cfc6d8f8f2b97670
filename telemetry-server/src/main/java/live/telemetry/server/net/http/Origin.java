package live.telemetry.server.net.http;

import java.util.Locale;
import java.util.Optional;

/**
 * Where a page comes from (RFC 6454 §6.2), with the default port of its scheme left away.
 *
 * @param scheme in lower case
 * @param authority host and perhaps port
 */
record Origin(String scheme, Authority authority) {

    /** Empty for {@code null}, which sandboxed pages send, and for everything else that is no single origin. */
    static Optional<Origin> parse(String text) {
        int schemeEnd = text.indexOf("://");
        if (schemeEnd <= 0) {
            return Optional.empty();
        }
        String scheme = text.substring(0, schemeEnd).toLowerCase(Locale.ROOT);
        if (!HttpSyntax.isToken(scheme)) {
            return Optional.empty();
        }
        return Authority.parse(text.substring(schemeEnd + 3)).map(authority -> {
            boolean isDefault = authority.port() == defaultPort(scheme);
            return new Origin(scheme, isDefault ? new Authority(authority.host(), Authority.NO_PORT) : authority);
        });
    }

    /**
     * Whether a page of this origin talks to the server that it came from. The scheme of the request is not known behind a
     * proxy that ends TLS, so a missing port of {@code Host} counts as the default of the page's own scheme.
     */
    boolean isSameAs(Authority host) {
        int defaultPort = defaultPort(scheme);
        return defaultPort > 0
                && authority.host().equals(host.host())
                && authority.portOr(defaultPort) == host.portOr(defaultPort);
    }

    private static int defaultPort(String scheme) {
        return switch (scheme) {
            case "http" -> 80;
            case "https" -> 443;
            default -> -2;
        };
    }

    @Override
    public String toString() {
        return scheme + "://" + authority;
    }
}
