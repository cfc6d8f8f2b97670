package live.telemetry.server.session;

import java.util.concurrent.atomic.LongAdder;

/** What all sessions of a server have done. Any thread. */
public final class SessionCounters {

    /** Records that were handed to a peer's connection. */
    public final LongAdder deliveries = new LongAdder();

    /** Gaps that were told, resyncs included. */
    public final LongAdder gaps = new LongAdder();

    /** Resyncs that were answered. */
    public final LongAdder resyncs = new LongAdder();

    /** Messages that were not understood. */
    public final LongAdder malformed = new LongAdder();

    /** Topics that a session did not get because it has as many as it may. */
    public final LongAdder refusedTopics = new LongAdder();
}
