package live.telemetry.server.net.http;

import java.util.List;

/** The subprotocols that a WebSocket client offers (RFC 6455 §1.9), one of which may carry a token. */
final class Subprotocols {

    static final String FIELD = "Sec-WebSocket-Protocol";

    /** The protocol of this library. */
    static final String TELEMETRY = "telemetry.v1";

    /** Browsers cannot set header fields, but they can name subprotocols. */
    static final String BEARER_PREFIX = "bearer.";

    private Subprotocols() {}

    /** In order, of all lines of the field. */
    static List<String> offered(RequestHead head) {
        return head.fields().list(FIELD);
    }

    /** Without the prefix. */
    static List<String> bearerTokens(RequestHead head) {
        return offered(head).stream()
                .filter(offer -> offer.startsWith(BEARER_PREFIX))
                .map(offer -> offer.substring(BEARER_PREFIX.length()))
                .toList();
    }
}
