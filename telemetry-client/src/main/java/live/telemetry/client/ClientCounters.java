package live.telemetry.client;

import java.util.concurrent.atomic.LongAdder;

/** The counters behind {@link ClientStats}; any thread. */
final class ClientCounters {

    final LongAdder records = new LongAdder();
    final LongAdder duplicatesDropped = new LongAdder();
    final LongAdder gaps = new LongAdder();
    final LongAdder recordsLost = new LongAdder();
    final LongAdder resubscriptions = new LongAdder();
    final LongAdder reconnects = new LongAdder();
    final LongAdder listenerFailures = new LongAdder();
    final LongAdder undecodableMessages = new LongAdder();

    ClientStats read() {
        return new ClientStats(
                records.sum(),
                duplicatesDropped.sum(),
                gaps.sum(),
                recordsLost.sum(),
                resubscriptions.sum(),
                reconnects.sum(),
                listenerFailures.sum(),
                undecodableMessages.sum());
    }
}
