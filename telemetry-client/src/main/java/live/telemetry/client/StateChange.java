package live.telemetry.client;

import java.time.Duration;
import java.util.Optional;
import live.telemetry.client.transport.TransportKind;

/**
 * A client has gone from one state to another, or has gone over to another transport while it stays connected.
 *
 * @param from the state before
 * @param to the state now
 * @param reason why, in words for a log or a status line: the server's, where it gave any
 * @param retryAfter how long until the next attempt, for {@link ClientState#WAITING}; zero for the other states
 * @param transport what the client is connected by, for {@link ClientState#CONNECTED}
 */
public record StateChange(
        ClientState from, ClientState to, String reason, Duration retryAfter, Optional<TransportKind> transport) {}
