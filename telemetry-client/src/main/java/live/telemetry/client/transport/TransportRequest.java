package live.telemetry.client.transport;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a transport is to connect to.
 *
 * @param uri the server's endpoint, with the scheme {@code ws} or {@code wss}
 * @param token the token to present, or null for none
 * @param connectTimeout how long reaching the server may take
 */
public record TransportRequest(URI uri, @Nullable String token, Duration connectTimeout) {

    /** Never shows the token, so that it cannot reach a log. */
    @Override
    public String toString() {
        return "TransportRequest[uri=" + uri + ", token=" + (token == null ? "none" : "***") + ", connectTimeout="
                + connectTimeout + ']';
    }
}
