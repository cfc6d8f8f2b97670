package live.telemetry.client.transport;

import java.net.URI;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What a transport is to connect to.
 *
 * @param uri the server's endpoint, with the scheme {@code ws} or {@code wss}
 * @param token the token to present, or null for none
 * @param connectTimeout how long reaching the server may take
 * @param maxMessageBytes the largest message that the server may send
 * @param sslContext for {@code wss}; null for the platform's
 */
public record TransportRequest(
        URI uri,
        @Nullable String token,
        Duration connectTimeout,
        int maxMessageBytes,
        @Nullable SSLContext sslContext) {

    /** Never shows the token, so that it cannot reach a log. */
    @Override
    public String toString() {
        return "TransportRequest[uri=" + uri + ", token=" + (token == null ? "none" : "***") + ", connectTimeout="
                + connectTimeout + ", maxMessageBytes=" + maxMessageBytes + ']';
    }
}
