package live.telemetry.client;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import live.telemetry.client.transport.TransportKind;

/** The counters behind {@link ClientStats}; any thread. */
final class ClientCounters {

    final LongAdder records = new LongAdder();
    final LongAdder repaired = new LongAdder();
    final LongAdder duplicatesDropped = new LongAdder();
    final LongAdder gaps = new LongAdder();
    final LongAdder recordsLost = new LongAdder();
    final LongAdder resyncs = new LongAdder();
    final LongAdder resubscriptions = new LongAdder();
    final LongAdder heldBackOverflows = new LongAdder();
    final LongAdder reconnects = new LongAdder();
    final LongAdder takeOvers = new LongAdder();
    final LongAdder probes = new LongAdder();
    final LongAdder tokenRenewals = new LongAdder();
    final LongAdder listenerFailures = new LongAdder();
    final LongAdder undecodableMessages = new LongAdder();

    ClientStats read(ClientState state, Optional<TransportKind> transport, Optional<Duration> roundTrip) {
        return new ClientStats(
                state,
                transport,
                roundTrip,
                records.sum(),
                repaired.sum(),
                duplicatesDropped.sum(),
                gaps.sum(),
                recordsLost.sum(),
                resyncs.sum(),
                resubscriptions.sum(),
                heldBackOverflows.sum(),
                reconnects.sum(),
                takeOvers.sum(),
                probes.sum(),
                tokenRenewals.sum(),
                listenerFailures.sum(),
                undecodableMessages.sum());
    }
}
