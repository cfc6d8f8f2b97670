package live.telemetry.server.session;

import java.util.List;
import live.telemetry.core.Position;
import live.telemetry.core.envelope.Since;
import live.telemetry.server.log.LatestFrames;
import live.telemetry.server.log.TopicLog;
import org.jspecify.annotations.Nullable;

/**
 * Where a subscription begins in a topic ({@code docs/PROTOCOL.md}, "since"), as far as the node's log can tell.
 *
 * @param position behind which delivery begins
 * @param unplaced whether the broadcaster has to be asked before anything is said: the log cannot go on from the position
 * @param lenient whether then to begin with the first record there is, since nobody was promised what lies before it
 * @param snapshot what is written first; null if none was asked for, or it has to wait
 * @param awaitsLatest whether a snapshot was asked for that the log cannot give yet, since it has not seen every key
 */
record Beginning(
        Position position,
        boolean unplaced,
        boolean lenient,
        @Nullable SnapshotFrames snapshot,
        boolean awaitsLatest) {

    /**
     * Reads it from the log.
     *
     * @param since what was asked for; not by topic any more
     * @param log null if the topic has no record
     * @param conflated whether the latest record of each key is enough, however far back
     */
    static Beginning of(Since since, @Nullable TopicLog log, boolean conflated) {
        if (since instanceof Since.After after) {
            return after(after.position(), log, conflated);
        }
        if (since instanceof Since.Snapshot) {
            return withSnapshot(log);
        }
        if (log == null) {
            return at(Position.NONE);
        }
        if (since instanceof Since.Start) {
            return leniently(0, log, conflated);
        }
        if (since instanceof Since.Last last) {
            return leniently(Math.max(0, log.head() - last.records()), log, conflated);
        }
        return at(log.headPosition());
    }

    private static Beginning after(Position position, @Nullable TopicLog log, boolean conflated) {
        boolean fromFirst = position.equals(Position.NONE);
        if (log == null) {
            return fromFirst ? at(position) : unplaced(position, false);
        }
        if (fromFirst && (log.first() == 1 || conflated)) {
            return at(new Position(log.epoch(), 0));
        }
        boolean inLog = log.epoch().equals(position.epoch())
                && position.seq() <= log.head()
                && !isBefore(position.seq(), log, conflated);
        return inLog ? at(position) : unplaced(position, false);
    }

    private static Beginning leniently(long wanted, TopicLog log, boolean conflated) {
        Position position = new Position(log.epoch(), wanted);
        return isBefore(wanted, log, conflated) ? unplaced(position, true) : at(position);
    }

    private static Beginning withSnapshot(@Nullable TopicLog log) {
        if (log == null) {
            return new Beginning(Position.NONE, false, false, new SnapshotFrames(List.of()), false);
        }
        if (!log.hasLatestSince(0)) {
            return new Beginning(log.headPosition(), true, false, null, true);
        }
        LatestFrames latest = log.latest(0, Long.MAX_VALUE);
        return new Beginning(
                new Position(log.epoch(), latest.upTo()), false, false, new SnapshotFrames(latest.frames()), false);
    }

    private static Beginning at(Position position) {
        return new Beginning(position, false, false, null, false);
    }

    private static Beginning unplaced(Position position, boolean lenient) {
        return new Beginning(position, true, lenient, null, false);
    }

    private static boolean isBefore(long seq, TopicLog log, boolean conflated) {
        return !conflated && seq + 1 < log.first();
    }
}
