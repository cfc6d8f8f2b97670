package live.telemetry.server.net.http;

import java.util.List;
import java.util.Optional;
import live.telemetry.core.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * Where the bearer token of a request is looked for, in this order; the first source that is there is the one that counts,
 * even if its token turns out to be no good.
 *
 * <ol>
 *   <li>{@code Authorization: Bearer …} (RFC 6750 §2.1). Other schemes are ignored: a proxy may use them for itself.
 *   <li>the subprotocol {@code bearer.<token>}
 *   <li>the query parameter {@code access_token}, if enabled: it ends up in the logs of proxies (RFC 6750 §2.3)
 *   <li>a cookie, if enabled, and only where the request is known to come from a trusted page (RFC 6265 §8.2)
 * </ol>
 *
 * @param queryParameter whether {@code access_token} is looked at
 * @param cookie the name of the cookie, or null for none
 */
public record TokenSources(boolean queryParameter, @Nullable String cookie) {

    /** The sources that are always on. */
    public static final TokenSources DEFAULT = new TokenSources(false, null);

    private static final String SCHEME = "Bearer";

    /**
     * Checks the name of the cookie.
     *
     * @param queryParameter whether {@code access_token} is looked at
     * @param cookie the name of the cookie, or null for none
     */
    public TokenSources {
        if (cookie != null && !HttpSyntax.isToken(cookie)) {
            throw new IllegalArgumentException("a cookie's name must be a token (RFC 6265 §4.1.1): " + cookie);
        }
    }

    /**
     * Finds the token.
     *
     * @param head the request
     * @param admission what the access rules found out about it
     * @return the token, as it came; empty if no source has one
     * @throws HttpException with 401 if the first source that is there has no single well-formed token
     */
    public Optional<String> find(RequestHead head, Admission admission) {
        return authorization(head)
                .or(() -> single(Subprotocols.bearerTokens(head), "the subprotocol bearer.<token>"))
                .or(() -> queryParameter
                        ? single(head.query().all("access_token"), "the parameter access_token")
                        : Optional.empty())
                .or(() -> cookie != null && admission.cookiesCount()
                        ? single(cookies(head, cookie), "the cookie " + cookie)
                        : Optional.empty());
    }

    private static Optional<String> authorization(RequestHead head) {
        List<String> tokens = head.fields().all("Authorization").stream()
                .filter(TokenSources::isBearer)
                .map(value -> HttpSyntax.trimWhitespace(value.substring(SCHEME.length())))
                .toList();
        return single(tokens, "Authorization: Bearer");
    }

    /** The name of a scheme has no case (RFC 9110 §11.1). */
    private static boolean isBearer(String value) {
        return value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                && (value.length() == SCHEME.length() || HttpSyntax.isWhitespace(value.charAt(SCHEME.length())));
    }

    /** RFC 6265 §5.4: {@code a=b; c=d}. A value may stand in double quotes, which do not belong to it (§4.1.1). */
    private static List<String> cookies(RequestHead head, String name) {
        String start = name + "=";
        return head.fields().all("Cookie").stream()
                .flatMap(line -> List.of(line.split(";")).stream())
                .map(HttpSyntax::trimWhitespace)
                .filter(pair -> pair.startsWith(start))
                .map(pair -> unquote(pair.substring(start.length())))
                .toList();
    }

    private static String unquote(String value) {
        boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }

    /** What a token is made of is the authenticator's business; here it is only one, and without spaces. */
    private static Optional<String> single(List<String> tokens, String source) {
        if (tokens.isEmpty()) {
            return Optional.empty();
        }
        String token = tokens.get(0);
        if (tokens.size() > 1 && !tokens.stream().allMatch(token::equals)) {
            throw new HttpException(ErrorCode.UNAUTHENTICATED, "more than one token in " + source);
        }
        if (!HttpSyntax.isVisible(token)) {
            throw new HttpException(ErrorCode.UNAUTHENTICATED, "no well-formed token in " + source);
        }
        return Optional.of(token);
    }
}
