package live.telemetry.client;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/** Checks and completes the URL of a server. */
final class Endpoint {

    /** The path of a URL that has none. */
    static final String DEFAULT_PATH = "/telemetry";

    private Endpoint() {}

    static URI of(String url) {
        try {
            return of(new URI(url));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("url is not valid: " + e.getMessage(), e);
        }
    }

    /** The same with the scheme {@code ws} or {@code wss}, and a path. */
    static URI of(URI url) {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        String webSocketScheme = switch (scheme) {
            case "ws", "http" -> "ws";
            case "wss", "https" -> "wss";
            default ->
                throw new IllegalArgumentException(
                        "url must begin with ws://, wss://, http:// or https://, not \"" + scheme + '"');
        };
        if (url.getHost() == null) {
            throw new IllegalArgumentException("url must name a host, as in ws://localhost:8080/telemetry");
        }
        if (url.getRawUserInfo() != null || url.getRawFragment() != null) {
            throw new IllegalArgumentException("url must have neither a user nor a fragment; a token goes to token(…)");
        }
        String path = url.getRawPath() == null ? "" : url.getRawPath();
        String query = url.getRawQuery() == null ? "" : '?' + url.getRawQuery();
        String port = url.getPort() < 0 ? "" : ":" + url.getPort();
        String pathOrDefault = path.isEmpty() || path.equals("/") ? DEFAULT_PATH : path;
        return URI.create(webSocketScheme + "://" + url.getHost() + port + pathOrDefault + query);
    }
}
