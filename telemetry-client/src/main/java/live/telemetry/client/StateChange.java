package live.telemetry.client;

import java.time.Duration;

/**
 * A client has gone from one state to another.
 *
 * @param from the state before
 * @param to the state now
 * @param reason why, in words for a log or a status line: the server's, where it gave any
 * @param retryAfter how long until the next attempt, for {@link ClientState#WAITING}; zero for the other states
 */
public record StateChange(ClientState from, ClientState to, String reason, Duration retryAfter) {}
