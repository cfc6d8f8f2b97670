package live.telemetry.client;

import java.net.URI;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What a connection is made with.
 *
 * @param uris {@code ws} or {@code wss}; tried in turn, at least one
 * @param tokens asked before each attempt, and before a token expires
 * @param timeouts for each step
 * @param policy how long to wait between attempts
 * @param fallback which transports, and when
 * @param limits what is kept in memory
 * @param sslContext for {@code wss}; null for the platform's
 */
record ConnectSettings(
        List<URI> uris,
        TokenSource tokens,
        Timeouts timeouts,
        ReconnectPolicy policy,
        Fallback fallback,
        ClientLimits limits,
        @Nullable SSLContext sslContext) {

    ConnectSettings {
        uris = List.copyOf(uris);
    }
}
