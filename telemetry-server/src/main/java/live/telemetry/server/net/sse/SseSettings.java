package live.telemetry.server.net.sse;

import java.time.Duration;

/**
 * Bounds and times of streams.
 *
 * @param maxSubscriptions topics and patterns of one stream
 * @param heartbeat the interval of envelopes where nothing else is sent
 * @param stallTimeout how long a peer may take no byte while output waits
 */
public record SseSettings(int maxSubscriptions, Duration heartbeat, Duration stallTimeout) {}
