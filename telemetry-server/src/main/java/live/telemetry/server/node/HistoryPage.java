package live.telemetry.server.node;

import live.telemetry.core.History.Continuity;
import live.telemetry.core.Position;
import org.jspecify.annotations.Nullable;

/**
 * What lies behind a position, beyond the node's log.
 *
 * @param continuity how the position relates to it
 * @param head the newest position of the topic
 * @param next the number of the first record that can still be read
 * @param run records from {@code next} on; null where the broadcaster leaves them to the node's log, or there are none
 */
public record HistoryPage(
        Continuity continuity,
        Position head,
        long next,
        @Nullable HistoryRun run) {

    /**
     * The same answer to a question about a later position.
     *
     * @param asked the position that was asked for
     * @param later one of the same epoch, not before it
     * @return null if this does not tell
     */
    @Nullable
    HistoryPage seenFrom(Position asked, Position later) {
        if (later.equals(asked)) {
            return this;
        }
        return switch (continuity) {
            // What was lost behind a position was lost behind those that follow.
            case EPOCH_CHANGED, ROLLED_BACK -> this;
            case CONTINUES, EXPIRED -> withinRun(later);
        };
    }

    private @Nullable HistoryPage withinRun(Position later) {
        long wanted = later.seq() + 1;
        if (run == null || !head.epoch().equals(later.epoch())) {
            return null;
        }
        if (wanted < next) {
            return this;
        }
        return run.at(wanted) == null ? null : new HistoryPage(Continuity.CONTINUES, head, wanted, run);
    }
}
