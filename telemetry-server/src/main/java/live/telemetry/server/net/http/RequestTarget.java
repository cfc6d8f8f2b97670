package live.telemetry.server.net.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a request line asks for (RFC 9112 §3.2).
 *
 * @param path the decoded path, or {@code *} for the server as a whole
 * @param query the decoded parameters
 * @param authority the host of an absolute-form target, else null
 */
record RequestTarget(
        String path, QueryParameters query, @Nullable Authority authority) {

    private static final String ASTERISK = "*";

    /**
     * Parses a target. Some characters that a URI should not have ({@code >} above all) are taken as they are in it: the
     * pattern {@code host.>} is typed into curl, which sends it unchanged.
     */
    static RequestTarget parse(String target, HttpMethod method) {
        if (!HttpSyntax.isVisible(target) || target.indexOf('#') >= 0) {
            throw HttpException.badRequest("the request target has a character that must be percent-encoded");
        }
        if (target.equals(ASTERISK) && method == HttpMethod.OPTIONS) {
            return new RequestTarget(ASTERISK, QueryParameters.NONE, null);
        }
        if (target.startsWith("/")) {
            return pathAndQuery(target, null);
        }
        return absolute(target);
    }

    /** A server has to accept the form that is meant for proxies as well (RFC 9112 §3.2.2). */
    private static RequestTarget absolute(String target) {
        int schemeEnd = target.indexOf("://");
        String scheme = schemeEnd < 0 ? "" : target.substring(0, schemeEnd).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw HttpException.badRequest("the request target must begin with '/'");
        }
        String rest = target.substring(schemeEnd + 3);
        int authorityEnd = 0;
        while (authorityEnd < rest.length() && "/?".indexOf(rest.charAt(authorityEnd)) < 0) {
            authorityEnd++;
        }
        Authority authority = Authority.parse(rest.substring(0, authorityEnd))
                .orElseThrow(() -> HttpException.badRequest("the request target has no valid host"));
        String afterAuthority = rest.substring(authorityEnd);
        return pathAndQuery(afterAuthority.startsWith("/") ? afterAuthority : "/" + afterAuthority, authority);
    }

    private static RequestTarget pathAndQuery(String text, @Nullable Authority authority) {
        int mark = text.indexOf('?');
        String rawPath = mark < 0 ? text : text.substring(0, mark);
        QueryParameters query = mark < 0 ? QueryParameters.NONE : QueryParameters.parse(text.substring(mark + 1));
        return new RequestTarget(decodePath(rawPath), query, authority);
    }

    /**
     * An encoded slash or control character is refused: a proxy in front that guards paths would see another path than the one
     * that is matched here.
     */
    private static String decodePath(String rawPath) {
        String path = PercentEncoding.decode(rawPath, false);
        boolean hidesSlash = count(path, '/') != count(rawPath, '/') || path.indexOf('\\') >= 0;
        if (hidesSlash || path.chars().anyMatch(Character::isISOControl)) {
            throw HttpException.badRequest("the path has an encoded slash, a backslash or a control character");
        }
        return path;
    }

    private static long count(String text, char c) {
        return text.chars().filter(each -> each == c).count();
    }
}
