package live.telemetry.server.net.http;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import live.telemetry.core.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * Which web pages may talk to this server, and under which host names an anonymous one answers. Both rules are about
 * browsers, which let any page send requests to anywhere; a program that is no browser can send what it likes, and is held by
 * its token. Immutable.
 *
 * <p><b>Origin.</b> A request without {@code Origin} passes. One with it passes if the page came from this server, or is on
 * the list, or the list has {@code *}. This is the only guard of WebSocket, to which the same-origin policy does not apply
 * (RFC 6455 §10.2).
 *
 * <p><b>Host.</b> A server that asks for no token trusts everybody who can reach it. With DNS rebinding that is every web
 * page: {@code evil.example} is made to resolve to 127.0.0.1, and to the browser the server's answers are then of the same
 * origin as the page. The page cannot change the {@code Host} that its browser sends, though: it is {@code evil.example}, and
 * not on the list.
 */
public final class AccessRules {

    /** The hosts under which an anonymous server answers unless others are listed; the port does not matter. */
    public static final List<String> LOOPBACK_HOSTS = List.of("localhost", "127.0.0.1", "[::1]");

    /** In the list of origins: every page. */
    public static final String ANY_ORIGIN = "*";

    private final boolean anyOrigin;
    private final Set<Origin> origins;

    /** Null if every host is served, since a token is asked for. */
    private final @Nullable Set<Authority> hosts;

    private AccessRules(Collection<String> allowedOrigins, @Nullable Collection<String> allowedHosts) {
        this.anyOrigin = allowedOrigins.contains(ANY_ORIGIN);
        this.origins = allowedOrigins.stream()
                .filter(origin -> !origin.equals(ANY_ORIGIN))
                .map(AccessRules::origin)
                .collect(Collectors.toUnmodifiableSet());
        this.hosts = allowedHosts == null
                ? null
                : allowedHosts.stream().map(AccessRules::host).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * The rules of a server that asks for tokens: any host.
     *
     * @param allowedOrigins such as {@code https://dash.example.com}, or {@link #ANY_ORIGIN}; pages of the server itself need
     *     not be named
     * @return the rules
     * @throws IllegalArgumentException if one is not an origin
     */
    public static AccessRules authenticated(Collection<String> allowedOrigins) {
        return new AccessRules(allowedOrigins, null);
    }

    /**
     * The rules of a server that asks for no token: listed hosts only.
     *
     * @param allowedOrigins as in {@link #authenticated(Collection)}
     * @param allowedHosts such as {@code localhost}, which stands for it on every port, or {@code box.lan:8080}
     * @return the rules
     * @throws IllegalArgumentException if one is not an origin or not a host
     */
    public static AccessRules anonymous(Collection<String> allowedOrigins, Collection<String> allowedHosts) {
        return new AccessRules(allowedOrigins, allowedHosts);
    }

    /**
     * Lets a request in or refuses it.
     *
     * @param head the request
     * @param anyHost whether this is answered under any host name
     * @return what was found out
     * @throws HttpException with 403 if a rule forbids it
     */
    public Admission admit(RequestHead head, boolean anyHost) {
        if (hosts != null && !anyHost && !servesHost(head.host(), hosts)) {
            throw forbidden(
                    "this server does not answer under that Host; list it in the allowed hosts, or use a token");
        }
        boolean fromSameOriginPage = head.fields()
                .first("Sec-Fetch-Site")
                .filter("same-origin"::equals)
                .isPresent();
        List<String> values = head.fields().all("Origin");
        if (values.isEmpty()) {
            return new Admission(null, fromSameOriginPage);
        }
        String value = values.get(0);
        Optional<Origin> origin = values.size() == 1 ? Origin.parse(value) : Optional.empty();
        boolean trusted = origin.filter(known -> isTrusted(known, head)).isPresent();
        // The answer repeats it, so it must not have what a header field of ours may not.
        boolean anyWillDo = anyOrigin && values.size() == 1 && HttpSyntax.isVisible(value);
        if (!trusted && !anyWillDo) {
            throw forbidden("requests from that Origin are not allowed; list it in the allowed origins");
        }
        // "*" lets every page ask, but names none that is trusted with its visitor's cookie.
        return new Admission(value, trusted || fromSameOriginPage);
    }

    private boolean isTrusted(Origin origin, RequestHead head) {
        return origins.contains(origin) || head.host().filter(origin::isSameAs).isPresent();
    }

    /** A request without a host (HTTP/1.0) is under none that is listed. */
    private static boolean servesHost(Optional<Authority> host, Set<Authority> listed) {
        return host.filter(authority -> listed.contains(authority)
                        || listed.contains(new Authority(authority.host(), Authority.NO_PORT)))
                .isPresent();
    }

    private static Origin origin(String text) {
        return Origin.parse(text)
                .orElseThrow(() -> new IllegalArgumentException(
                        "an allowed origin must look like https://dash.example.com, without a path: " + text));
    }

    private static Authority host(String text) {
        return Authority.parse(text)
                .orElseThrow(() -> new IllegalArgumentException(
                        "an allowed host must look like localhost, box.lan:8080 or [::1]: " + text));
    }

    private static HttpException forbidden(String message) {
        return new HttpException(ErrorCode.FORBIDDEN, message);
    }
}
