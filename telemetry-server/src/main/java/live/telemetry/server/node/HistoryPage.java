package live.telemetry.server.node;

import live.telemetry.core.History.Continuity;
import live.telemetry.core.Position;
import live.telemetry.server.log.FrameRun;
import org.jspecify.annotations.Nullable;

/**
 * What lies behind a position, beyond the node's log.
 *
 * @param continuity how the position relates to it
 * @param head the newest position of the topic
 * @param next the number of the first record that can still be read
 * @param run records from {@code next} on, encoded; null where the broadcaster leaves them to the node's log, or there are none
 */
public record HistoryPage(
        Continuity continuity,
        Position head,
        long next,
        @Nullable FrameRun run) {}
