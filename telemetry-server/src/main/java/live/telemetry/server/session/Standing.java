package live.telemetry.server.session;

import live.telemetry.core.History.Continuity;
import live.telemetry.core.Position;
import live.telemetry.server.log.FrameRun;
import live.telemetry.server.log.TopicLog;
import live.telemetry.server.node.HistoryPage;
import live.telemetry.server.node.HistoryRun;
import org.jspecify.annotations.Nullable;

/**
 * Where a cursor stands in its topic, and what has to be said there before the next record: the announcement, the loss, the
 * snapshot, in this order.
 */
final class Standing {

    // The position.
    String epoch;
    long seq;
    /** The epoch whose history the topic has lost, if it is empty since; this node's log may still be in it. */
    @Nullable
    String lostEpoch;

    /** Nothing may be said before it is known whether the position that was asked for can be gone on from. */
    boolean unplaced;
    /** Whether then to begin with the first record there is. */
    boolean lenient;
    /** Whether then to begin with a snapshot. */
    boolean awaitsLatest;
    /** Records beyond the log, from behind the position on. */
    @Nullable
    HistoryRun page;

    @Nullable
    Announcement announcement;

    @Nullable
    HistoryPage loss;

    @Nullable
    SnapshotFrames snapshot;

    private Standing(Position position) {
        this.epoch = position.epoch();
        this.seq = position.seq();
    }

    /** A {@code subscribed} that is still to be written. */
    record Announcement(
            @Nullable Long id, boolean recovered, @Nullable Integer snapshot) {}

    /** Before a topic's first record. */
    static Standing atBirth() {
        return new Standing(Position.NONE);
    }

    /** Where a subscription begins, which is to be announced under the id of its request. */
    static Standing at(Beginning beginning, @Nullable Long id) {
        Standing standing = new Standing(beginning.position());
        standing.snapshot = beginning.snapshot();
        standing.unplaced = beginning.unplaced();
        standing.lenient = beginning.lenient();
        standing.awaitsLatest = beginning.awaitsLatest();
        standing.announcement = new Announcement(id, true, standing.snapshotLeft());
        return standing;
    }

    Position position() {
        return new Position(epoch, seq);
    }

    /** What the broadcaster is asked for: leniently the first record there is, whatever its epoch. */
    Position asked() {
        return lenient && seq == 0 ? Position.NONE : position();
    }

    /** Records of the page from a number on; null if it has none there, or has been dropped. */
    @Nullable
    FrameRun pageAt(long wanted) {
        return page == null ? null : page.at(wanted);
    }

    void moveTo(Position position) {
        epoch = position.epoch();
        seq = position.seq();
    }

    /** Is announced (again), under this id; what is left of a snapshot comes all the same. */
    void announce(@Nullable Long id) {
        announcement = new Announcement(id, announcement == null || announcement.recovered, snapshotLeft());
    }

    /** From here on the latest record of each key is enough. */
    void conflate() {
        page = null;
        if (loss != null && loss.continuity() == Continuity.EXPIRED) {
            loss = null;
        }
    }

    /**
     * Takes what the broadcaster found behind the position.
     *
     * @param found its answer
     * @param log the node's log, which may keep more than the broadcaster
     * @param conflated whether the latest record of each key is enough
     * @return whether there is nothing to read as yet, although nothing is lost: the node has to learn of it first
     */
    boolean takeAnswer(HistoryPage found, @Nullable TopicLog log, boolean conflated) {
        unplaced = false;
        // Conflation reads the latest records of the log only.
        page = conflated ? null : found.run();
        boolean expired = found.continuity() == Continuity.EXPIRED;
        if (lenient) {
            lenient = false;
            beginAtFirst(found, log);
            return false;
        }
        boolean stillInLog = expired && Loss.firstReadable(found, log) <= seq + 1;
        if (found.continuity() == Continuity.CONTINUES || stillInLog) {
            enterEpoch(found.head().epoch());
            return page == null;
        }
        if (expired && conflated) {
            // Numbers skip anyway, and the latest record of a key may be older than all that is retained.
            enterEpoch(found.head().epoch());
            announceLoss();
            return true;
        }
        if (expired && !epoch.isEmpty()) {
            // What has expired counts in the epoch in which delivery goes on.
            enterEpoch(found.head().epoch());
        }
        announceLoss();
        loss = found;
        return false;
    }

    /** Delivery goes on behind what is gone. */
    void moveBehind(Loss told) {
        if (told.position().equals(Position.NONE)) {
            lostEpoch = epoch;
        }
        moveTo(told.position());
    }

    private void beginAtFirst(HistoryPage found, @Nullable TopicLog log) {
        boolean empty = found.head().epoch().isEmpty();
        moveTo(empty ? Position.NONE : new Position(found.head().epoch(), Loss.firstReadable(found, log) - 1));
    }

    /** The epoch may be another by now; if nobody asked, that is told by an announcement of its own. */
    private void enterEpoch(String current) {
        if (!current.equals(epoch) && !current.isEmpty()) {
            epoch = current;
            if (announcement == null) {
                announcement = new Announcement(null, true, null);
            }
        }
    }

    private void announceLoss() {
        if (announcement != null) {
            announcement = new Announcement(announcement.id, false, announcement.snapshot);
        }
    }

    private @Nullable Integer snapshotLeft() {
        if (snapshot != null) {
            return snapshot.left();
        }
        return announcement == null ? null : announcement.snapshot;
    }
}
