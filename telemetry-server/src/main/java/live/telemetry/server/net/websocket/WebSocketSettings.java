package live.telemetry.server.net.websocket;

import java.time.Duration;

/**
 * Bounds and times of WebSocket connections.
 *
 * @param maxMessageBytes the largest message of a client
 * @param heartbeat the interval of pings, and of envelopes where nothing else is sent
 * @param stallTimeout how long a peer may take no byte while output waits
 */
public record WebSocketSettings(int maxMessageBytes, Duration heartbeat, Duration stallTimeout) {}
