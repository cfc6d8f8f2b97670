package live.telemetry.server.session;

import java.util.concurrent.CompletionStage;
import live.telemetry.core.Identity;
import live.telemetry.core.TelemetryException;
import live.telemetry.server.node.Node;

/** What every session of a server shares. */
public interface SessionServer {
    /** The topics. */
    Node node();

    /** The node's name, for {@code welcome}. */
    String nodeName();

    /** The bounds of a session. */
    SessionLimits limits();

    /** What all sessions have done. */
    SessionCounters counters();

    /** The interval of heartbeats. */
    long heartbeatMillis();

    /** The largest message that a peer may send. */
    int maxMessageBytes();

    /**
     * Verifies a token, off the loop.
     *
     * @return fails with a {@link TelemetryException} that may be shown to the peer
     */
    CompletionStage<Identity> authenticate(String token);
}
