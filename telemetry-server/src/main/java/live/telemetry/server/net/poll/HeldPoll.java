package live.telemetry.server.net.poll;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntSupplier;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.Topic;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;
import live.telemetry.core.envelope.ServerEnvelope;
import live.telemetry.core.envelope.ServerEnvelope.Failure;
import live.telemetry.core.envelope.ServerEnvelope.PatternSubscribed;
import live.telemetry.core.envelope.ServerEnvelope.Subscribed;
import live.telemetry.server.log.DerivedFraming;
import live.telemetry.server.net.Exchange;
import live.telemetry.server.net.http.HttpAnswer;
import live.telemetry.server.net.subscription.SubscriptionRequest;
import live.telemetry.server.session.Begin;
import live.telemetry.server.session.CloseReason;
import live.telemetry.server.session.Loop;
import live.telemetry.server.session.Session;
import live.telemetry.server.session.Transport;
import live.telemetry.server.session.WriteBatch;
import org.jspecify.annotations.Nullable;

/**
 * One poll: a session that lives until its answer. What the session has to write is collected, and sent when there is more than
 * {@code subscribed}, or when the hold is over. While it is held it is a few objects and a timer of the loop.
 *
 * <p>A topic whose records have to be fetched must not be left out because others have some at once, or it would be left out by
 * every poll. So the answer waits for it, for a moment; and what is collected is shared among the topics.
 */
public final class HeldPoll implements Transport, Begin, Exchange.Held {

    /** How long an answer that has something waits for topics that have to be fetched. */
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** How often it is looked whether they have come, when nothing else would tell. */
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** How long after its hold a poll still waits to know which topics there are. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Loop loop;
    private final WriteBatch batch;
    private final SubscriptionRequest request;
    private final IntSupplier maxBytes;
    private final PollAnswer answer = new PollAnswer();
    private final Session session;
    private final Consumer<HttpAnswer> answered;

    private int toBegin;
    private boolean looking;
    /** Whether there is something that a peer waits for. */
    private boolean worthwhile;

    private boolean holdOver;
    private boolean graceOver;
    private boolean urgent;
    private boolean done;

    private Loop.@Nullable Timer hold;
    private Loop.@Nullable Timer grace;
    private Loop.@Nullable Timer again;

    /**
     * A poll that has not begun.
     *
     * @param loop where it lives
     * @param batch of the loop, filled and settled within one call
     * @param request what is asked for
     * @param maxBytes how large the answer may be at the moment
     * @param sessions opens its session
     * @param answered gets the answer, once; not if the poll is closed before
     */
    public HeldPoll(
            Loop loop,
            WriteBatch batch,
            SubscriptionRequest request,
            IntSupplier maxBytes,
            Function<Transport, Session> sessions,
            Consumer<HttpAnswer> answered) {
        this.loop = loop;
        this.batch = batch;
        this.request = request;
        this.answered = answered;
        this.maxBytes = maxBytes;
        this.session = sessions.apply(this);
    }

    /** Subscribes; it may be answered at once. */
    public void begin() {
        hold = loop.schedule(request.hold().toNanos(), this::onHoldOver);
        toBegin = request.subscriptions().size();
        try {
            for (Subscribe wanted : request.subscriptions()) {
                session.subscribe(wanted, true, this);
            }
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    // ---- Begin

    @Override
    public void begun() {
        if (--toBegin == 0 && !done) {
            grace = loop.schedule(GRACE_NANOS, () -> {
                graceOver = true;
                look();
            });
            ready();
        }
    }

    @Override
    public void failed(Throwable error) {
        finish(HttpAnswer.error(session.presentable(error)));
    }

    // ---- Transport

    @Override
    public DerivedFraming framing() {
        return PollFraming.INSTANCE;
    }

    @Override
    public byte[] frame(ServerEnvelope envelope) {
        // An error that is told here (too many topics) will be the next poll's as well; that must not be at once.
        boolean canWait =
                envelope instanceof Subscribed || envelope instanceof PatternSubscribed || envelope instanceof Failure;
        worthwhile |= !canWait;
        return Transport.super.frame(envelope);
    }

    @Override
    public void ready() {
        if (!looking && !done) {
            looking = true;
            loop.execute(this::look);
        }
    }

    @Override
    public void acceptInput(boolean accept) {
        // Nothing is read before the answer.
    }

    @Override
    public void close(CloseReason reason) {
        finish(
                reason == CloseReason.UNAUTHENTICATED
                        ? HttpAnswer.error(ErrorCode.UNAUTHENTICATED, "the token has expired; poll with a new one")
                        : HttpAnswer.error(ErrorCode.FORBIDDEN, reason.text()));
    }

    // ---- Exchange.Held

    @Override
    public void shutDown(long reconnectAfterMillis) {
        urgent = true;
        session.goAway(reconnectAfterMillis);
        look();
    }

    @Override
    public void onClosed() {
        end();
    }

    // ---- the answer

    private void onHoldOver() {
        holdOver = true;
        if (toBegin > 0) {
            hold = loop.schedule(
                    PATIENCE_NANOS,
                    () -> failed(new TelemetryException(
                            ErrorCode.UNAVAILABLE,
                            "which topics there are could not be found out in time; try again")));
        } else {
            look();
        }
    }

    private void look() {
        looking = false;
        if (done || (toBegin > 0 && !urgent)) {
            return;
        }
        try {
            boolean complete = collect() && (session.isSettled() || graceOver);
            if (urgent || answer.isFull() || (complete && (worthwhile || holdOver))) {
                answer();
            }
        } catch (RuntimeException e) {
            // Nobody else would answer it.
            failed(e);
        }
    }

    /** Says whether all there is was collected; not if topics that have to be fetched shall have their share. */
    private boolean collect() {
        int shares = Math.max(1, session.topicCount());
        answer.bound(maxBytes.getAsInt());
        try {
            while (session.hasOutput() && !answer.isFull()) {
                if (answer.isHalfFull() && !urgent && !graceOver && !session.isSettled()) {
                    lookAgain();
                    return false;
                }
                answer.limit(batch, shares);
                session.fill(batch);
                session.countDeliveries(answer.take(batch));
            }
        } finally {
            batch.discard();
        }
        worthwhile |= answer.records() > 0;
        return true;
    }

    private void lookAgain() {
        if (again == null) {
            again = loop.schedule(LOOK_AGAIN_NANOS, () -> {
                again = null;
                look();
            });
        }
    }

    private void answer() {
        Map<Topic, Position> positions = new HashMap<>(request.cursor());
        positions.putAll(session.positions());
        byte[] body = answer.body(request.cursorOf(positions));
        finish(HttpAnswer.of(200, "application/json", body).with("Cache-Control", "no-store"));
    }

    private void finish(HttpAnswer made) {
        if (!done) {
            end();
            answered.accept(made);
        }
    }

    private void end() {
        if (done) {
            return;
        }
        done = true;
        cancel(hold);
        cancel(grace);
        cancel(again);
        session.onClosed();
    }

    private static void cancel(Loop.@Nullable Timer timer) {
        if (timer != null) {
            timer.cancel();
        }
    }
}
