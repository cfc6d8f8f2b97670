package live.telemetry.server.session;

import live.telemetry.core.History.Continuity;
import live.telemetry.core.Position;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ClientEnvelope.Resync;
import live.telemetry.core.envelope.GapReason;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import live.telemetry.core.envelope.ServerEnvelope.Resynced;
import live.telemetry.core.envelope.ServerEnvelope.Resyncing;
import live.telemetry.server.log.DetachedRun;
import live.telemetry.server.log.FrameRun;
import live.telemetry.server.log.TopicLog;
import live.telemetry.server.node.HistoryPage;
import live.telemetry.server.node.HistoryRun;
import live.telemetry.server.node.NodeTopic;
import org.jspecify.annotations.Nullable;

/**
 * The answer of one resync: the records of a range, read a second time, in brackets. While it is written the topic's live
 * records are held back, so that none comes between. What is gone is named by a gap within the brackets; numbers count in the
 * epoch that was asked for, and if the topic is in another by now, the whole rest is one gap.
 *
 * <p>What the log does not have is asked of the broadcaster: before the first bracket, so that a store that is away is an
 * error and holds nothing up; behind it the answer ends early instead, as it does at its bound of bytes.
 */
final class Replay implements WriteBatch.Owner {

    private final Session session;
    private final @Nullable NodeTopic topic;
    private final Resync request;

    private boolean begun;
    private long next;
    private long to;
    private long bytesLeft;
    private boolean looking;
    private @Nullable HistoryPage page;
    private @Nullable Throwable failure;
    /** What the slice in the batch was cut from; only between filling and delivering. */
    private @Nullable FrameRun written;

    /** The answer of a request; {@code topic} is null if it has no record, so that any epoch is another one. */
    Replay(Session session, @Nullable NodeTopic topic, Resync request, int maxBytes) {
        this.session = session;
        this.topic = topic;
        this.request = request;
        this.next = request.from();
        this.to = request.to();
        this.bytesLeft = maxBytes;
    }

    @Nullable
    NodeTopic nodeTopic() {
        return topic;
    }

    /** Whether the first bracket is written, or in the batch. */
    boolean hasBegun() {
        return begun;
    }

    /** Whether it waits for the broadcaster, and has nothing to write until then. */
    boolean isLooking() {
        return looking;
    }

    /**
     * Adds what there is to a batch.
     *
     * @return whether the answer is complete
     */
    boolean fill(WriteBatch batch) {
        if (looking) {
            return false;
        }
        TopicLog log = logOfEpoch();
        if (!begun) {
            if (!session.rights().maySubscribe(request.topic())) {
                // They were wide enough when it was asked for, but it had to wait.
                session.fail(request.id(), session.forbidden("read", TopicPattern.of(request.topic())));
                return true;
            }
            if (failure != null) {
                session.fail(request.id(), failure);
                return true;
            }
            if (page == null && topic != null && !isInLog(log)) {
                lookBeyond(topic);
                return false;
            }
            begin(batch, log);
        }
        while (next <= to && failure == null && batch.hasRoom()) {
            FrameRun run = readable(log);
            if (run != null) {
                return !addSlice(batch, run, log) && finish(batch);
            }
            if (topic != null && (page == null || isRead(page))) {
                lookBeyond(topic);
                return false;
            }
            skipWhatIsGone(batch, log);
        }
        return (next > to || failure != null) && finish(batch);
    }

    /** The log, if it is in the epoch that was asked for. This node may yet have to learn of an epoch that others know. */
    private @Nullable TopicLog logOfEpoch() {
        TopicLog log = topic == null ? null : topic.log();
        return log != null && log.epoch().equals(request.epoch()) ? log : null;
    }

    /** Whether the log says all that is to be known of the next number, if only that it is beyond the head. */
    private boolean isInLog(@Nullable TopicLog log) {
        return log != null && next >= log.first();
    }

    private void begin(WriteBatch batch, @Nullable TopicLog log) {
        begun = true;
        HistoryPage found = page;
        if (log != null) {
            to = Math.min(to, Math.max(log.head(), next - 1));
        } else if (found != null && isOfEpoch(found)) {
            to = Math.min(to, Math.max(found.head().seq(), next - 1));
        }
        session.write(batch, new Resyncing(request.id(), request.topic(), request.epoch(), request.from(), to));
    }

    private boolean finish(WriteBatch batch) {
        session.counters().resyncs.increment();
        session.write(batch, new Resynced(request.id(), request.topic(), request.from(), next - 1));
        return true;
    }

    private @Nullable FrameRun readable(@Nullable TopicLog log) {
        HistoryPage found = page;
        FrameRun ofPage = found == null || found.run() == null || !isOfEpoch(found)
                ? null
                : found.run().at(next);
        if (ofPage != null) {
            return ofPage;
        }
        boolean inLog = log != null && next >= log.first() && next <= log.head();
        return inLog ? log.runOf(next, null) : null;
    }

    /** Adds records of a run; false, without any, at the bound of bytes. */
    private boolean addSlice(WriteBatch batch, FrameRun run, @Nullable TopicLog log) {
        boolean ofPage = run instanceof DetachedRun;
        long limit = Math.min(to, ofPage || log == null ? run.lastSeq() : Math.min(run.lastSeq(), log.head()));
        FrameRun framed = session.records().of(run, request.epoch(), limit);
        long last = framed.lastWithin(next, limit, (int) Math.min(batch.room(), Math.max(0, bytesLeft)));
        boolean fits = framed.endOf(last) - framed.startOf(next) <= bytesLeft;
        if (!fits && next > request.from()) {
            return false;
        }
        batch.addSlice(this, framed, next, last);
        written = framed;
        return true;
    }

    /** Nothing can be read at the next number, and the broadcaster was asked about it. */
    private void skipWhatIsGone(WriteBatch batch, @Nullable TopicLog log) {
        HistoryPage found = page;
        page = null;
        if (found == null || !isOfEpoch(found)) {
            gap(batch, to, GapReason.EPOCH_CHANGED);
            return;
        }
        long first = firstReadable(found, log);
        if (found.continuity() == Continuity.EXPIRED && first > next) {
            gap(batch, Math.min(first - 1, to), GapReason.EXPIRED);
            HistoryRun run = found.run();
            page = run != null && run.at(next) != null ? found : null;
        } else {
            // There is no such record: the head was lower after all.
            to = next - 1;
        }
    }

    private static long firstReadable(HistoryPage found, @Nullable TopicLog log) {
        if (log == null) {
            return found.next();
        }
        return found.run() == null ? log.first() : Math.min(log.first(), found.next());
    }

    /** Whether there is nothing left to read in a page: all was read, or the rest has been dropped. */
    private boolean isRead(HistoryPage found) {
        HistoryRun run = found.run();
        return isOfEpoch(found) && run != null && next >= found.next() && run.at(next) == null;
    }

    private boolean isOfEpoch(HistoryPage found) {
        return found.head().epoch().equals(request.epoch());
    }

    private void gap(WriteBatch batch, long last, GapReason reason) {
        session.counters().gaps.increment();
        session.write(
                batch, new Gap(request.id(), request.topic(), request.epoch(), next, last, last + 1, reason, null));
        next = last + 1;
    }

    @Override
    public void delivered(long upTo, boolean complete) {
        FrameRun run = written;
        written = null;
        if (run != null) {
            bytesLeft -= run.endOf(upTo) - run.startOf(next);
            next = upTo + 1;
        }
        session.replayReady();
    }

    @Override
    public void notTaken() {
        written = null;
        session.replayReady();
    }

    private void lookBeyond(NodeTopic asked) {
        looking = true;
        asked.page(new Position(request.epoch(), next - 1))
                .whenComplete((found, error) -> session.loop().execute(() -> {
                    looking = false;
                    page = found;
                    failure = error;
                    session.replayReady();
                }));
    }
}
