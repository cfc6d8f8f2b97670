package live.telemetry.tck.proxy;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The head of an HTTP/1.1 request.
 *
 * @param method such as {@code GET}
 * @param target the path, with its query
 * @param headers by their names in lower case; of repeated ones the last
 */
public record RequestHead(String method, String target, Map<String, String> headers) {

    /**
     * Copies the headers.
     */
    public RequestHead {
        headers = Map.copyOf(headers);
    }

    /**
     * Whether the client asks for WebSocket.
     *
     * @return whether there is an {@code Upgrade: websocket}
     */
    public boolean isUpgrade() {
        return "websocket".equalsIgnoreCase(headers.get("upgrade"));
    }

    /** Empty if this is no head of HTTP. */
    static Optional<RequestHead> parse(String text) {
        String[] lines = text.split("\r\n");
        String[] start = lines[0].split(" ");
        if (start.length != 3 || !start[2].startsWith("HTTP/")) {
            return Optional.empty();
        }
        Map<String, String> headers = new HashMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0) {
                headers.put(
                        lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                        lines[i].substring(colon + 1).strip());
            }
        }
        return Optional.of(new RequestHead(start[0], start[1], headers));
    }
}
