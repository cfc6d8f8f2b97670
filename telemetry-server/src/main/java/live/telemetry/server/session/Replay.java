package live.telemetry.server.session;

import java.util.concurrent.TimeUnit;
import live.telemetry.core.History.Continuity;
import live.telemetry.core.Position;
import live.telemetry.core.envelope.ClientEnvelope.Resync;
import live.telemetry.core.envelope.GapReason;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import live.telemetry.core.envelope.ServerEnvelope.Resynced;
import live.telemetry.core.envelope.ServerEnvelope.Resyncing;
import live.telemetry.server.log.FrameRun;
import live.telemetry.server.log.TopicLog;
import live.telemetry.server.node.HistoryPage;
import live.telemetry.server.node.NodeTopic;
import org.jspecify.annotations.Nullable;

/**
 * The answer of one resync: the records of a range, read a second time, in brackets. While it is written the topic's live
 * records are held back, so that none comes between. What is gone is named by a gap within the brackets; numbers count in the
 * epoch that was asked for, and if the topic is in another by now, the whole rest is one gap.
 */
final class Replay implements WriteBatch.Owner {

    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Session session;
    private final NodeTopic topic;
    private final Resync request;

    private boolean begun;
    private long next;
    private long to;
    private long bytesLeft;
    private boolean looking;
    private @Nullable HistoryPage page;
    /** What the slice in the batch was cut from; only between filling and delivering. */
    private @Nullable FrameRun written;

    Replay(Session session, NodeTopic topic, Resync request, int maxBytes) {
        this.session = session;
        this.topic = topic;
        this.request = request;
        this.next = request.from();
        this.to = request.to();
        this.bytesLeft = maxBytes;
    }

    NodeTopic nodeTopic() {
        return topic;
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
        TopicLog log = topic.log();
        boolean sameEpoch = log != null && log.epoch().equals(request.epoch());
        if (!begun) {
            begin(batch, sameEpoch ? log : null);
        }
        if (log == null || !sameEpoch) {
            gap(batch, to, GapReason.EPOCH_CHANGED);
        }
        if (next > to || bytesLeft <= 0) {
            return finish(batch);
        }
        FrameRun run = log == null ? null : runOf(batch, log);
        if (run != null && batch.hasRoom()) {
            long limit = Math.min(to, Math.min(run.lastSeq(), Math.max(next, topicHead(log))));
            long last = run.lastWithin(next, limit, (int) Math.min(batch.room(), bytesLeft));
            batch.addSlice(this, run, next, last);
            written = run;
        }
        return false;
    }

    private void begin(WriteBatch batch, @Nullable TopicLog log) {
        begun = true;
        if (log != null) {
            to = Math.min(to, Math.max(log.head(), next - 1));
        }
        session.write(batch, new Resyncing(request.id(), request.topic(), request.epoch(), request.from(), to));
    }

    private boolean finish(WriteBatch batch) {
        session.counters().resyncs.increment();
        session.write(batch, new Resynced(request.id(), request.topic(), request.from(), next - 1));
        return true;
    }

    /** The run to read from; null if the broadcaster has to be asked first, or nothing is left. */
    private @Nullable FrameRun runOf(WriteBatch batch, TopicLog log) {
        HistoryPage found = page;
        if (found != null) {
            FrameRun ofPage = found.run();
            if (ofPage != null && ofPage.contains(next)) {
                return ofPage;
            }
            page = null;
            if (next < log.first()) {
                skipWhatIsGone(batch, found, log);
            }
            session.replayReady();
            return null;
        }
        FrameRun ofLog = next >= log.first() ? log.runOf(next, null) : null;
        if (ofLog == null) {
            lookBeyond();
        }
        return ofLog;
    }

    private void skipWhatIsGone(WriteBatch batch, HistoryPage found, TopicLog log) {
        if (found.continuity() == Continuity.CONTINUES) {
            return;
        }
        if (found.continuity() == Continuity.EXPIRED) {
            long first = found.run() == null ? log.first() : found.next();
            page = found.run() == null ? null : found;
            gap(batch, Math.min(first - 1, to), GapReason.EXPIRED);
        } else {
            gap(batch, to, GapReason.EPOCH_CHANGED);
        }
    }

    private void gap(WriteBatch batch, long last, GapReason reason) {
        if (last < next) {
            return;
        }
        session.counters().gaps.increment();
        session.write(
                batch, new Gap(request.id(), request.topic(), request.epoch(), next, last, last + 1, reason, null));
        next = last + 1;
    }

    @Override
    public void delivered(long upTo, boolean complete) {
        FrameRun run = written;
        written = null;
        if (run != null && upTo >= next) {
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

    private void lookBeyond() {
        looking = true;
        topic.page(new Position(request.epoch(), next - 1))
                .whenComplete((found, error) -> session.loop().execute(() -> {
                    page = found;
                    if (found == null) {
                        session.loop().schedule(LOOK_AGAIN_NANOS, this::ready);
                    } else {
                        ready();
                    }
                }));
    }

    private void ready() {
        looking = false;
        session.replayReady();
    }

    private static long topicHead(@Nullable TopicLog log) {
        return log == null ? Long.MAX_VALUE : log.head();
    }
}
