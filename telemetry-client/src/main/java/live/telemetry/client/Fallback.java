package live.telemetry.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import live.telemetry.client.transport.TransportKind;

/**
 * What a client does where the network does not let a transport through. The one that worked last is tried first, and then the
 * others in their order; a transport works once the server's {@code welcome} has come over it. While a client is connected by
 * another one than the first, it probes the better ones in the background and goes over to them, without a record lost.
 *
 * @param transports which may be used, the best first; each at most once
 * @param patience so long a transport may take from its beginning to the {@code welcome} until the next one is tried; the last
 *     one has the longer {@link Timeouts}
 * @param probeAfter the longest wait before the first probe of a better transport, a random part of it at least half as long; it
 *     doubles with each probe that fails, up to {@code probeAtMost}
 * @param probeAtMost the longest wait between two probes
 */
public record Fallback(List<TransportKind> transports, Duration patience, Duration probeAfter, Duration probeAtMost) {

    /** WebSocket, Server-Sent Events, long-polling; 3 s for each; probes after 30 s, up to 10 min apart. */
    public static final Fallback DEFAULT = new Fallback(
            List.of(TransportKind.values()), Duration.ofSeconds(3), Duration.ofSeconds(30), Duration.ofMinutes(10));

    /**
     * Validates the settings.
     *
     * @throws IllegalArgumentException if there is no transport or one is there twice, or a duration is out of bounds
     */
    public Fallback {
        transports = List.copyOf(transports);
        if (transports.isEmpty() || EnumSet.copyOf(transports).size() < transports.size()) {
            throw new IllegalArgumentException("transports must name at least one, and each only once: " + transports);
        }
        if (patience.toMillis() < 1) {
            throw new IllegalArgumentException("patience must be at least 1 ms: " + patience);
        }
        if (probeAfter.toMillis() < 1) {
            throw new IllegalArgumentException("probeAfter must be at least 1 ms: " + probeAfter);
        }
        if (probeAtMost.compareTo(probeAfter) < 0) {
            throw new IllegalArgumentException(
                    "probeAtMost must be at least probeAfter: " + probeAtMost + " < " + probeAfter);
        }
    }

    /**
     * The same with other transports.
     *
     * @param best the one to use where it gets through
     * @param others those to fall back to, in this order
     * @return new settings
     */
    public Fallback withTransports(TransportKind best, TransportKind... others) {
        List<TransportKind> all = new ArrayList<>(List.of(best));
        all.addAll(List.of(others));
        return new Fallback(all, patience, probeAfter, probeAtMost);
    }

    /**
     * The same with another patience.
     *
     * @param patience at least 1 ms
     * @return new settings
     */
    public Fallback withPatience(Duration patience) {
        return new Fallback(transports, patience, probeAfter, probeAtMost);
    }

    /**
     * The same with other waits before probes.
     *
     * @param first the longest wait before the first probe
     * @param atMost the longest wait between two, at least as long
     * @return new settings
     */
    public Fallback withProbes(Duration first, Duration atMost) {
        return new Fallback(transports, patience, first, atMost);
    }
}
