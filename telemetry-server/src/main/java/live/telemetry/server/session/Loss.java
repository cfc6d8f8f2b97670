package live.telemetry.server.session;

import live.telemetry.core.History.Continuity;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import live.telemetry.core.envelope.GapReason;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import live.telemetry.server.log.TopicLog;
import live.telemetry.server.node.HistoryPage;
import org.jspecify.annotations.Nullable;

/**
 * What is gone behind a position, and where to go on ({@code docs/PROTOCOL.md}, "Gaps").
 *
 * @param gap what the client is told; null if nothing is gone after all, or its mode does not tell this kind
 * @param position where delivery goes on: behind this
 */
record Loss(@Nullable Gap gap, Position position) {

    /**
     * Reads it from the broadcaster's answer and from the log, which may keep more than the broadcaster.
     *
     * @param topic the topic
     * @param position where the client stands
     * @param page the answer, which says that something is gone
     * @param log the node's log as it is now
     * @param conflated whether the client sees the latest of each key only, and so is not told what has expired
     */
    static Loss of(Topic topic, Position position, HistoryPage page, @Nullable TopicLog log, boolean conflated) {
        long after = position.seq();
        String epoch = page.head().epoch();
        long next = page.continuity() == Continuity.ROLLED_BACK ? page.next() : firstReadable(page, log);
        Gap gap = null;
        switch (page.continuity()) {
            case CONTINUES -> throw new IllegalArgumentException("nothing is lost behind " + position);
            case EXPIRED -> {
                next = Math.max(next, after + 1);
                if (next > after + 1 && !conflated) {
                    gap = new Gap(null, topic, epoch, after + 1, next - 1, next, GapReason.EXPIRED, null);
                }
            }
            case EPOCH_CHANGED -> gap = new Gap(null, topic, epoch, 1, next - 1, next, GapReason.EPOCH_CHANGED, null);
            case ROLLED_BACK ->
                gap = new Gap(null, topic, epoch, next, after, next, GapReason.ROLLED_BACK, position.epoch());
        }
        return new Loss(gap, epoch.isEmpty() ? Position.NONE : new Position(epoch, Math.max(0, next - 1)));
    }

    /** The first record that can be read, from the page or from the log. */
    static long firstReadable(HistoryPage page, @Nullable TopicLog log) {
        if (log == null || !log.epoch().equals(page.head().epoch())) {
            return page.next();
        }
        return page.run() == null ? log.first() : Math.min(log.first(), page.next());
    }
}
