package live.telemetry.client;

import java.time.Duration;

/**
 * How long a client waits for each step.
 *
 * @param token for the token supplier
 * @param connect for the TCP connection, and once more for the TLS handshake
 * @param handshake for the server to accept the connection, from the beginning of the attempt on
 * @param welcome for the server's {@code welcome} after that; a transport works only then
 * @param heartbeat for any sign of life of a server that has welcomed the client; {@link Duration#ZERO} for twice the interval
 *     that the server names
 * @param request for the answer to a request, such as {@code subscribe}; a server that does not answer is taken for broken
 */
public record Timeouts(
        Duration token, Duration connect, Duration handshake, Duration welcome, Duration heartbeat, Duration request) {

    /** 10 s for the token, connecting, the handshake and the welcome, 30 s for a request, twice the server's heartbeat. */
    public static final Timeouts DEFAULT = new Timeouts(
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(15),
            Duration.ofSeconds(10),
            Duration.ZERO,
            Duration.ofSeconds(30));

    /**
     * Validates the durations.
     *
     * @throws IllegalArgumentException if one is shorter than a millisecond, but for a heartbeat of zero
     */
    public Timeouts {
        requirePositive("token", token);
        requirePositive("connect", connect);
        requirePositive("handshake", handshake);
        requirePositive("welcome", welcome);
        requirePositive("request", request);
        if (!heartbeat.isZero()) {
            requirePositive("heartbeat", heartbeat);
        }
    }

    private static void requirePositive(String name, Duration duration) {
        if (duration.toMillis() < 1) {
            throw new IllegalArgumentException(name + " must be at least 1 ms: " + duration);
        }
    }

    /**
     * The same with another wait for the token supplier.
     *
     * @param timeout at least 1 ms
     * @return new time-outs
     */
    public Timeouts withToken(Duration timeout) {
        return new Timeouts(timeout, connect, handshake, welcome, heartbeat, request);
    }

    /**
     * The same with another wait for the TCP connection.
     *
     * @param timeout at least 1 ms
     * @return new time-outs
     */
    public Timeouts withConnect(Duration timeout) {
        return new Timeouts(token, timeout, handshake, welcome, heartbeat, request);
    }

    /**
     * The same with another wait for the server to accept the connection.
     *
     * @param timeout at least 1 ms
     * @return new time-outs
     */
    public Timeouts withHandshake(Duration timeout) {
        return new Timeouts(token, connect, timeout, welcome, heartbeat, request);
    }

    /**
     * The same with another wait for the welcome.
     *
     * @param timeout at least 1 ms
     * @return new time-outs
     */
    public Timeouts withWelcome(Duration timeout) {
        return new Timeouts(token, connect, handshake, timeout, heartbeat, request);
    }

    /**
     * The same with another wait for a sign of life.
     *
     * @param timeout at least 1 ms, and longer than the server's heartbeat; zero for twice the interval that the server names
     * @return new time-outs
     */
    public Timeouts withHeartbeat(Duration timeout) {
        return new Timeouts(token, connect, handshake, welcome, timeout, request);
    }

    /**
     * The same with another wait for the answer to a request.
     *
     * @param timeout at least 1 ms
     * @return new time-outs
     */
    public Timeouts withRequest(Duration timeout) {
        return new Timeouts(token, connect, handshake, welcome, heartbeat, timeout);
    }
}
