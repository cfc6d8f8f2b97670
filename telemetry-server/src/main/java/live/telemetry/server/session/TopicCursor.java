package live.telemetry.server.session;

import live.telemetry.core.ErrorCode;
import live.telemetry.core.History.Continuity;
import live.telemetry.core.Position;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.Mode;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import live.telemetry.core.envelope.ServerEnvelope.Subscribed;
import live.telemetry.core.envelope.Since;
import live.telemetry.server.log.FrameRun;
import live.telemetry.server.log.LatestFrames;
import live.telemetry.server.log.TopicLog;
import live.telemetry.server.node.HistoryPage;
import live.telemetry.server.node.NodeTopic;
import org.jspecify.annotations.Nullable;

/**
 * Where one session stands in one topic's log: behind the record {@code seq} of {@code epoch}. Delivering is to write what
 * lies between here and the log's head; everything else is about the cases in which the log has nothing there.
 *
 * <p>Where the log cannot go on from the position (it is in another epoch, above the head, or before the first record), the
 * broadcaster is asked for a page beyond the log, and nothing is written until it answers; only then a gap may be told.
 *
 * <p>Order within the topic: the announcement ({@code subscribed}), the loss ({@code gap}), the snapshot, the records. In one
 * batch, what was made for this topic stands before its records, never behind.
 */
final class TopicCursor implements WriteBatch.Owner, BeyondLog.Asker {

    private final Session session;
    private final NodeTopic topic;
    private Subscription owner;

    // The position.
    private String epoch = "";
    private long seq;
    /** The epoch whose history the topic has lost, if it is empty since; this node's log may still be in it. */
    private @Nullable String lostEpoch;

    // Where its bytes are: a page beyond the log, or a segment in which an earlier record was found.
    private @Nullable FrameRun page;
    private @Nullable FrameRun hint;

    // What has to be said before the next record.
    private @Nullable Announcement announcement;
    private @Nullable HistoryPage loss;
    private @Nullable SnapshotFrames snapshot;

    // Looking beyond the log; most cursors never do.
    private @Nullable BeyondLog beyond;
    private boolean lenient;
    /** Nothing may be said before it is known whether the position that was asked for can be gone on from. */
    private boolean unplaced;
    /** It begins with a snapshot, once the log knows the latest records. */
    private boolean snapshotPostponed;
    /** Where it stood for another subscription, to go back there if the one that took it over cannot begin. */
    private @Nullable Standing before;

    // Only in mode conflated.
    private @Nullable ConflationTicks ticks;

    // Kept by the lists that it stands in.
    int slot;
    boolean dirty;

    @Nullable
    TopicCursor nextDirty;

    private boolean closed;

    TopicCursor(Session session, NodeTopic topic, Subscription owner) {
        this.session = session;
        this.topic = topic;
        this.owner = owner;
    }

    /** A {@code subscribed} that is still to be written. */
    private record Announcement(
            @Nullable Long id, boolean recovered, @Nullable Integer snapshot) {}

    /** All that says where a cursor stands, and what has to be said there. */
    private record Standing(
            Position position,
            @Nullable String lostEpoch,
            boolean unplaced,
            boolean lenient,
            boolean snapshotPostponed,
            @Nullable FrameRun page,
            @Nullable Announcement announcement,
            @Nullable HistoryPage loss,
            @Nullable SnapshotFrames snapshot) {}

    NodeTopic nodeTopic() {
        return topic;
    }

    Subscription owner() {
        return owner;
    }

    void markDirty() {
        session.markDirty(this);
    }

    void close() {
        closed = true;
        cancelTicks();
        cancelLook();
    }

    /** Answers the request that brought this cursor, if that is still to be done, before something else takes it away. */
    void answerWaiting() {
        Announcement waiting = announcement;
        if (waiting == null || waiting.id == null) {
            return;
        }
        announcement = null;
        if (unplaced) {
            goBack();
            session.fail(waiting.id, ErrorCode.NOT_SUBSCRIBED, "the subscription was ended before it had begun");
        } else {
            session.send(describe(waiting));
        }
    }

    // ---- where to begin

    /** Begins anew, for a subscription; {@code id} is that of its request, null for a topic that a pattern brought. */
    void begin(Subscription subscription, Since since, @Nullable Long id) {
        before = subscription == owner ? null : standing();
        takeOver(subscription);
        page = null;
        hint = null;
        loss = null;
        cancelLook();
        lostEpoch = null;
        TopicLog log = topic.log();
        if (log != null) {
            log.expire(session.loop().wallMillis());
        }
        snapshotPostponed = since instanceof Since.Snapshot && log != null && !log.hasLatestSince(0);
        Beginning beginning = Beginning.of(snapshotPostponed ? Since.NOW : since, log, conflated() != null);
        moveTo(beginning.position());
        snapshot = beginning.snapshot();
        announcement = new Announcement(id, true, snapshot == null ? null : snapshot.left());
        lenient = beginning.lenient();
        unplaced = beginning.unplaced() || snapshotPostponed;
        if (unplaced) {
            place();
        }
        markDirty();
    }

    private void place() {
        if (snapshotPostponed) {
            beyond().completeLatest(position());
        } else {
            lookBeyond();
        }
    }

    private Standing standing() {
        return new Standing(
                position(), lostEpoch, unplaced, lenient, snapshotPostponed, page, announcement, loss, snapshot);
    }

    private void goBack() {
        Standing there = before;
        if (there == null) {
            return;
        }
        before = null;
        cancelLook();
        moveTo(there.position);
        lostEpoch = there.lostEpoch;
        unplaced = there.unplaced;
        lenient = there.lenient;
        snapshotPostponed = there.snapshotPostponed;
        page = there.page;
        announcement = there.announcement;
        loss = there.loss;
        snapshot = there.snapshot;
    }

    /** A topic that has just got its first record: from there. */
    void beginAtBirth() {
        takeOver(owner);
        announcement = null;
        moveTo(Position.NONE);
        markDirty();
    }

    /** Goes on where it stands, for another subscription, which is told so. */
    void continueFor(Subscription subscription, @Nullable Long id) {
        takeOver(subscription);
        Announcement waiting = announcement;
        announcement = new Announcement(id, waiting == null || waiting.recovered, snapshotLeft());
        markDirty();
    }

    /** What is left of a snapshot comes all the same, outside the sequence, so it is announced anew. */
    private @Nullable Integer snapshotLeft() {
        if (snapshot != null) {
            return snapshot.left();
        }
        return announcement == null ? null : announcement.snapshot;
    }

    private void takeOver(Subscription subscription) {
        owner = subscription;
        cancelTicks();
        Mode.Conflated mode = conflated();
        if (mode != null) {
            page = null;
            if (loss != null && loss.continuity() == Continuity.EXPIRED) {
                loss = null;
            }
            ticks = new ConflationTicks(session.loop(), mode, this::markDirty);
        }
    }

    // ---- writing

    /**
     * Adds what there is to a batch.
     *
     * @return whether there is more than the batch could take
     */
    boolean fill(WriteBatch batch) {
        if (closed || isLooking() || session.holdsBack(topic)) {
            return false;
        }
        if (unplaced) {
            place();
            return false;
        }
        sayFirst(batch);
        if (snapshot != null) {
            fillSnapshot(batch, snapshot);
            return true;
        }
        TopicLog log = readableLog(batch);
        if (log == null) {
            return false;
        }
        if (ticks == null) {
            return fillRecords(batch, log);
        }
        if (!log.hasLatestSince(seq)) {
            beyond().completeLatest(position());
            return false;
        }
        return fillLatest(batch, log, ticks);
    }

    private void sayFirst(WriteBatch batch) {
        Announcement waiting = announcement;
        if (waiting != null) {
            announcement = null;
            session.write(batch, describe(waiting));
        }
        HistoryPage lost = loss;
        if (lost != null) {
            loss = null;
            tellLoss(batch, lost);
        }
    }

    private Subscribed describe(Announcement announced) {
        TopicLog log = topic.log();
        long head = log == null ? 0 : log.head();
        boolean sameEpoch = log != null && log.epoch().equals(epoch);
        TopicPattern pattern = owner.isExact() ? null : owner.pattern();
        return new Subscribed(
                announced.id,
                topic.topic(),
                pattern,
                position(),
                sameEpoch ? Math.max(head, seq) : head,
                announced.recovered,
                announced.snapshot);
    }

    private void fillSnapshot(WriteBatch batch, SnapshotFrames frames) {
        session.counters().deliveries.add(frames.fill(batch));
        if (frames.left() == 0) {
            snapshot = null;
        }
    }

    /** The log to read on from, or null if there is nothing to read or another place has to be asked. */
    private @Nullable TopicLog readableLog(WriteBatch batch) {
        TopicLog log = topic.log();
        if (log == null) {
            if (!epoch.isEmpty()) {
                lookBeyond();
            }
            return null;
        }
        if (epoch.isEmpty()) {
            if (log.epoch().equals(lostEpoch)) {
                return null;
            }
            moveTo(new Position(log.epoch(), 0));
            session.write(batch, describe(new Announcement(null, true, null)));
        } else if (!epoch.equals(log.epoch())) {
            if (page != null && page.contains(seq + 1)) {
                return log;
            }
            lookBeyond();
            return null;
        }
        if (seq > log.head()) {
            // Perhaps this node is behind another one that the client comes from.
            lookBeyond();
            return null;
        }
        return log;
    }

    private boolean fillRecords(WriteBatch batch, TopicLog log) {
        long head = log.head();
        long next = seq + 1;
        while (batch.hasRoom()) {
            FrameRun run = page;
            if (run == null || !run.contains(next)) {
                page = null;
                if (next > head) {
                    return false;
                }
                boolean readable = log.epoch().equals(epoch) && next >= log.first();
                run = readable ? log.runOf(next, hint) : null;
                if (run == null) {
                    // Once what is already in the batch is delivered, this is looked at again.
                    if (next == seq + 1) {
                        lookBeyond();
                    }
                    return false;
                }
                hint = run;
            }
            long limit = run == page ? run.lastSeq() : Math.min(head, run.lastSeq());
            long last = run.lastWithin(next, limit, batch.room());
            batch.addSlice(this, run, next, last);
            next = last + 1;
            if (last < limit) {
                // The batch is full. Another slice of this run would share its buffer, and move the first one away.
                return false;
            }
        }
        return next == seq + 1;
    }

    @Override
    public void delivered(long upTo, boolean complete) {
        seq = upTo;
        if (!complete) {
            // The peer is slow: a segment that is kept here would be kept, with all behind it, for as long as it
            // sleeps.
            hint = null;
        }
        TopicLog log = topic.log();
        if (page != null || log == null || !log.epoch().equals(epoch) || log.head() > seq) {
            markDirty();
        }
    }

    @Override
    public void notTaken() {
        hint = null;
        markDirty();
    }

    private boolean fillLatest(WriteBatch batch, TopicLog log, ConflationTicks due) {
        // Read once: what comes while this tick is written waits for the next one.
        long head = log.head();
        if (head <= seq || !due.isDue()) {
            return false;
        }
        LatestFrames latest = log.latest(seq, batch.copyRoom());
        for (LatestFrames.Frame frame : latest.frames()) {
            batch.addBytes(frame.bytes());
        }
        session.counters().deliveries.add(latest.frames().size());
        seq = latest.upTo();
        if (seq < head) {
            return true;
        }
        due.done();
        return false;
    }

    private void cancelTicks() {
        if (ticks != null) {
            ticks.cancel();
            ticks = null;
        }
    }

    // ---- beyond the log

    private void lookBeyond() {
        // What is asked leniently begins with the first record there is, whatever its epoch.
        beyond().look(lenient && seq == 0 ? Position.NONE : position(), position());
    }

    private BeyondLog beyond() {
        BeyondLog known = beyond;
        if (known == null) {
            known = new BeyondLog(session.loop(), topic, this);
            beyond = known;
        }
        return known;
    }

    private boolean isLooking() {
        return beyond != null && beyond.isLooking();
    }

    private void cancelLook() {
        if (beyond != null) {
            beyond.cancel();
            beyond = null;
        }
    }

    @Override
    public void lookAgain() {
        markDirty();
    }

    @Override
    public void looked(@Nullable HistoryPage found, @Nullable Throwable error) {
        if (found == null) {
            lookFailed(error);
            return;
        }
        unplaced = false;
        before = null;
        // Conflation reads the latest records of the log only.
        page = conflated() == null ? found.run() : null;
        if (lenient) {
            lenient = false;
            beginAtFirst(found);
        } else if (found.continuity() == Continuity.CONTINUES || isStillInLog(found)) {
            goOn(found);
        } else if (found.continuity() == Continuity.EXPIRED && conflated() != null) {
            // Numbers skip anyway, and the latest record of a key may be older than all that is retained.
            goOn(found);
            announceLoss();
        } else {
            if (found.continuity() == Continuity.EXPIRED && !epoch.isEmpty()) {
                // What has expired counts in the epoch in which delivery goes on.
                enterEpochOf(found);
            }
            announceLoss();
            loss = found;
        }
        markDirty();
    }

    /** Whether this node's log has kept what the broadcaster has dropped. */
    private boolean isStillInLog(HistoryPage found) {
        return found.continuity() == Continuity.EXPIRED && Loss.firstReadable(found, topic.log()) <= seq + 1;
    }

    private void announceLoss() {
        Announcement waiting = announcement;
        if (waiting != null) {
            announcement = new Announcement(waiting.id, false, waiting.snapshot);
        }
    }

    @Override
    public void latestCompleted(@Nullable Throwable error) {
        if (error != null) {
            lookFailed(error);
        } else if (snapshotPostponed) {
            Announcement waiting = announcement;
            begin(owner, Since.SNAPSHOT, waiting == null ? null : waiting.id);
        } else {
            markDirty();
        }
    }

    private void lookFailed(@Nullable Throwable error) {
        Announcement waiting = announcement;
        if (waiting != null && waiting.id != null) {
            announcement = null;
            goBack();
            session.subscriptions().failed(owner, error);
        } else if (beyond != null) {
            beyond.wasInVain(position());
            beyond.lookAgainLater();
        }
    }

    private void beginAtFirst(HistoryPage found) {
        boolean empty = found.head().epoch().isEmpty();
        long first = Loss.firstReadable(found, topic.log());
        moveTo(empty ? Position.NONE : new Position(found.head().epoch(), first - 1));
    }

    /** Nothing is lost. The epoch may be another by now, and the node may still have to learn what the page says. */
    private void goOn(HistoryPage found) {
        enterEpochOf(found);
        if (page == null && beyond != null) {
            beyond.wasInVain(position());
            topic.learnHead(found.head());
        }
    }

    private void enterEpochOf(HistoryPage found) {
        String current = found.head().epoch();
        if (!current.equals(epoch) && !current.isEmpty()) {
            moveTo(new Position(current, seq));
            if (announcement == null) {
                announcement = new Announcement(null, true, null);
            }
        }
    }

    private void tellLoss(WriteBatch batch, HistoryPage lost) {
        Loss told = Loss.of(topic.topic(), position(), lost, topic.log(), conflated() != null);
        Gap gap = told.gap();
        if (gap != null) {
            session.counters().gaps.increment();
            session.write(batch, gap);
        }
        if (told.position().equals(Position.NONE)) {
            lostEpoch = epoch;
        }
        moveTo(told.position());
    }

    // ---- small questions

    private Mode.@Nullable Conflated conflated() {
        return owner.mode() instanceof Mode.Conflated conflated ? conflated : null;
    }

    private Position position() {
        return new Position(epoch, seq);
    }

    private void moveTo(Position position) {
        epoch = position.epoch();
        seq = position.seq();
    }

    @Override
    public String toString() {
        return "TopicCursor[" + topic.topic() + " at " + position() + ']';
    }
}
