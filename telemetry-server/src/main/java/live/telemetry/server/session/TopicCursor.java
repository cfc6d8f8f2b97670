package live.telemetry.server.session;

import live.telemetry.core.ErrorCode;
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

    private Standing at = Standing.atBirth();
    /** Where it stood for another subscription, to go back there if the one that took it over cannot begin. */
    private @Nullable Standing before;
    /** A segment in which an earlier record was found. */
    private @Nullable FrameRun hint;

    // Looking beyond the log; most cursors never do.
    private @Nullable BeyondLog beyond;

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
        Standing.Announcement waiting = at.announcement;
        if (waiting == null || waiting.id() == null) {
            return;
        }
        at.announcement = null;
        if (at.unplaced) {
            goBack();
            session.fail(waiting.id(), ErrorCode.NOT_SUBSCRIBED, "the subscription was ended before it had begun");
        } else {
            session.send(describe(waiting));
        }
    }

    /** Where the peer can go on in another session, once it has what was written so far; null if that is not known yet. */
    @Nullable
    Position resumable() {
        if (at.announcement != null) {
            // Of this place the peer does not know, and in another session nobody would tell it.
            return null;
        }
        SnapshotFrames frames = at.snapshot;
        if (frames != null && frames.left() > 0) {
            return new Position(at.epoch, frames.resumableAfter());
        }
        boolean begins = at.unplaced && (at.lenient || at.awaitsLatest);
        return begins ? null : at.position();
    }

    /** Whether it waits for what lies beyond its log. */
    boolean isLooking() {
        return beyond != null && beyond.isLooking();
    }

    /** Whether it does, or has yet to find where to begin. */
    boolean isWaiting() {
        return isLooking() || at.unplaced;
    }

    // ---- where to begin

    /** Begins anew, for a subscription; {@code id} is that of its request, null for a topic that a pattern brought. */
    void begin(Subscription subscription, Since since, @Nullable Long id) {
        before = subscription == owner ? null : at;
        cancelLook();
        hint = null;
        TopicLog log = topic.log();
        if (log != null) {
            log.expire(session.loop().wallMillis());
        }
        boolean conflated = subscription.mode() instanceof Mode.Conflated;
        at = Standing.at(Beginning.of(since, log, conflated), id);
        if (subscription.isQuietAbout(since)) {
            at.announcement = null;
        }
        takeOver(subscription);
        if (at.unplaced) {
            place();
        }
        markDirty();
    }

    private void place() {
        if (at.awaitsLatest) {
            beyond().completeLatest(at.position());
        } else {
            lookBeyond();
        }
    }

    private void goBack() {
        if (before != null) {
            cancelLook();
            at = before;
            before = null;
        }
    }

    /** A topic that has just got its first record: from there. */
    void beginAtBirth() {
        at = Standing.atBirth();
        takeOver(owner);
        markDirty();
    }

    /** Goes on where it stands, for another subscription, which is told so. */
    void continueFor(Subscription subscription, @Nullable Long id) {
        takeOver(subscription);
        at.announce(id);
        markDirty();
    }

    private void takeOver(Subscription subscription) {
        owner = subscription;
        cancelTicks();
        Mode.Conflated mode = conflated();
        if (mode != null) {
            at.conflate();
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
        if (at.unplaced) {
            place();
            return false;
        }
        sayFirst(batch);
        if (at.snapshot != null) {
            fillSnapshot(batch, at.snapshot);
            return true;
        }
        TopicLog log = readableLog(batch);
        if (log == null) {
            return false;
        }
        if (ticks == null) {
            return fillRecords(batch, log);
        }
        if (!log.hasLatestSince(at.seq)) {
            beyond().completeLatest(at.position());
            return false;
        }
        return fillLatest(batch, log, ticks);
    }

    /** Says where it begins, if that is known and was not said yet. */
    void announce(WriteBatch batch) {
        Standing.Announcement waiting = at.announcement;
        if (waiting != null && !at.unplaced) {
            at.announcement = null;
            session.write(batch, describe(waiting));
        }
    }

    private void sayFirst(WriteBatch batch) {
        announce(batch);
        HistoryPage lost = at.loss;
        if (lost != null) {
            at.loss = null;
            tellLoss(batch, lost);
        }
    }

    private Subscribed describe(Standing.Announcement announced) {
        TopicLog log = topic.log();
        long head = log == null ? 0 : log.head();
        boolean sameEpoch = log != null && log.epoch().equals(at.epoch);
        TopicPattern pattern = owner.isExact() ? null : owner.pattern();
        return new Subscribed(
                announced.id(),
                topic.topic(),
                pattern,
                at.position(),
                sameEpoch ? Math.max(head, at.seq) : head,
                announced.recovered(),
                announced.snapshot());
    }

    private void fillSnapshot(WriteBatch batch, SnapshotFrames frames) {
        session.counters().deliveries.add(frames.fill(batch, session.records(), at.epoch));
        if (frames.left() == 0) {
            at.snapshot = null;
        }
    }

    /** The log to read on from, or null if there is nothing to read or another place has to be asked. */
    private @Nullable TopicLog readableLog(WriteBatch batch) {
        TopicLog log = topic.log();
        if (log == null) {
            if (!at.epoch.isEmpty()) {
                lookBeyond();
            }
            return null;
        }
        if (at.epoch.isEmpty()) {
            if (log.epoch().equals(at.lostEpoch)) {
                return null;
            }
            at.moveTo(new Position(log.epoch(), 0));
            session.write(batch, describe(new Standing.Announcement(null, true, null)));
        }
        // Above the head this node is perhaps behind another one that the client comes from.
        boolean inLog = at.epoch.equals(log.epoch()) && at.seq <= log.head();
        if (!inLog && at.pageAt(at.seq + 1) == null) {
            lookBeyond();
            return null;
        }
        return log;
    }

    private boolean fillRecords(WriteBatch batch, TopicLog log) {
        long head = log.head();
        long next = at.seq + 1;
        while (batch.hasRoom()) {
            FrameRun run = at.pageAt(next);
            boolean ofPage = run != null;
            if (run == null) {
                at.page = null;
                if (next > head) {
                    return false;
                }
                boolean readable = log.epoch().equals(at.epoch) && next >= log.first();
                run = readable ? log.runOf(next, hint) : null;
                if (run == null) {
                    // Once what is already in the batch is delivered, this is looked at again.
                    if (next == at.seq + 1) {
                        lookBeyond();
                    }
                    return false;
                }
                hint = run;
            }
            long available = ofPage ? run.lastSeq() : Math.min(head, run.lastSeq());
            long limit = Math.min(available, next + batch.recordRoom() - 1);
            FrameRun framed = session.records().of(run, at.epoch, limit);
            long last = framed.lastWithin(next, limit, batch.room());
            batch.addSlice(this, framed, next, last);
            next = last + 1;
            if (last < available) {
                // The batch is full. Another slice of this run would share its buffer, and move the first one away.
                return false;
            }
        }
        return next == at.seq + 1;
    }

    @Override
    public void delivered(long upTo, boolean complete) {
        at.seq = upTo;
        if (!complete) {
            // The peer is slow: a segment that is kept here would be kept, with all behind it, for as long as it
            // sleeps.
            hint = null;
        }
        TopicLog log = topic.log();
        if (at.page != null || log == null || !log.epoch().equals(at.epoch) || log.head() > at.seq) {
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
        if (head <= at.seq || !due.isDue()) {
            return false;
        }
        LatestFrames latest = log.latest(at.seq, batch.copyRoom(), batch.recordRoom());
        for (LatestFrames.Frame frame : latest.frames()) {
            batch.addRecord(session.records().of(frame, at.epoch));
        }
        session.counters().deliveries.add(latest.frames().size());
        at.seq = latest.upTo();
        if (at.seq < head) {
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
        beyond().look(at.asked(), at.position());
    }

    private BeyondLog beyond() {
        BeyondLog known = beyond;
        if (known == null) {
            known = new BeyondLog(session.loop(), topic, this);
            beyond = known;
        }
        return known;
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
        before = null;
        boolean inVain = at.takeAnswer(found, topic.log(), conflated() != null);
        if (inVain && beyond != null) {
            beyond.wasInVain(at.position());
            topic.learnHead(found.head());
        }
        markDirty();
    }

    @Override
    public void latestCompleted(@Nullable Throwable error) {
        if (error != null) {
            lookFailed(error);
        } else if (at.awaitsLatest) {
            Standing.Announcement waiting = at.announcement;
            begin(owner, Since.SNAPSHOT, waiting == null ? null : waiting.id());
        } else {
            markDirty();
        }
    }

    private void lookFailed(@Nullable Throwable error) {
        Standing.Announcement waiting = at.announcement;
        boolean isAskedFor = waiting != null && waiting.id() != null;
        if (isAskedFor || (at.unplaced && owner.isExact())) {
            at.announcement = null;
            goBack();
            session.subscriptions().failed(owner, error);
        } else if (beyond != null) {
            beyond.wasInVain(at.position());
            beyond.lookAgainLater();
        }
    }

    private void tellLoss(WriteBatch batch, HistoryPage lost) {
        Loss told = Loss.of(topic.topic(), at.position(), lost, topic.log(), conflated() != null);
        Gap gap = told.gap();
        if (gap != null) {
            session.counters().gaps.increment();
            session.write(batch, gap);
        }
        at.moveBehind(told);
    }

    // ---- small questions

    private Mode.@Nullable Conflated conflated() {
        return owner.mode() instanceof Mode.Conflated conflated ? conflated : null;
    }

    @Override
    public String toString() {
        return "TopicCursor[" + topic.topic() + " at " + at.position() + ']';
    }
}
