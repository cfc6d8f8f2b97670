package live.telemetry.redis;

import java.util.concurrent.atomic.LongAdder;

/** What is counted for {@link RedisStats}; any thread. */
final class RedisCounters {

    final LongAdder stored = new LongAdder();
    final LongAdder batches = new LongAdder();
    final LongAdder repeatedBatches = new LongAdder();
    final LongAdder failedPublishes = new LongAdder();
    final LongAdder refusedPublishes = new LongAdder();
    final LongAdder messages = new LongAdder();
    final LongAdder droppedMessages = new LongAdder();
    final LongAdder unreadableMessages = new LongAdder();
    final LongAdder unreadableRecords = new LongAdder();
    final LongAdder holes = new LongAdder();
    final LongAdder repairs = new LongAdder();
    final LongAdder lostTails = new LongAdder();
    final LongAdder resyncs = new LongAdder();
    final LongAdder refusedCalls = new LongAdder();
    final LongAdder reconnects = new LongAdder();
    final LongAdder redirects = new LongAdder();
    final LongAdder sinkErrors = new LongAdder();

    RedisStats stats(PublishBuffer buffer) {
        return new RedisStats(
                buffer.records(),
                buffer.bytes(),
                stored.sum(),
                batches.sum(),
                repeatedBatches.sum(),
                failedPublishes.sum(),
                refusedPublishes.sum(),
                messages.sum(),
                droppedMessages.sum(),
                unreadableMessages.sum(),
                unreadableRecords.sum(),
                holes.sum(),
                repairs.sum(),
                lostTails.sum(),
                resyncs.sum(),
                refusedCalls.sum(),
                reconnects.sum(),
                redirects.sum(),
                sinkErrors.sum());
    }
}
