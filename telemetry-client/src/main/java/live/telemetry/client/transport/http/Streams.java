package live.telemetry.client.transport.http;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import live.telemetry.core.envelope.ServerEnvelope;
import live.telemetry.core.envelope.ServerEnvelope.Failure;
import live.telemetry.core.envelope.ServerEnvelope.Welcome;
import org.jspecify.annotations.Nullable;

/**
 * The streams of a session: whenever it is to have other subscriptions, or another token, a stream replaces the one before. The old
 * one is not read meanwhile, and given up once the new one is accepted, so that records come neither twice nor out of order; if the
 * new one is refused, the old one is read on. Only on the session's thread.
 *
 * <p>A server refuses a request as a whole. Which subscription is the reason is found by asking for fewer of the new ones, down to
 * a single one; those that were accepted before stay.
 */
final class Streams {

    /** What is changed within that time makes one new stream. */
    static final Duration BATCH = Duration.ofMillis(5);

    /** A stream with a new pattern is let name its topics before it is replaced: they could not be told from later ones. */
    static final Duration SETTLE = Duration.ofMillis(100);

    private final SessionThread thread;
    private final HttpCalls calls;
    private final EnvelopeStream.Kind kind;
    private final SubscriptionSet wanted;
    private final Continuity continuity;
    private final Owner owner;

    private @Nullable String token;
    private @Nullable Carrier live;
    private @Nullable Carrier opening;
    private int trialSize = Integer.MAX_VALUE;
    private boolean changePlanned;
    private long settledAt;

    /** Whose streams they are. */
    interface Owner {

        /** A stream was accepted, and is read from now on. */
        void accepted(Welcome welcome);

        /** An envelope of the stream that is read; the answer is that of {@link EnvelopeStream.Listener#received}. */
        boolean received(ServerEnvelope envelope, String text);

        /** The peer is alive. */
        void heard();

        /** The server does not serve a subscription. */
        void refused(Wanted one, Failure failure);

        /** There is no stream any more. */
        void ended(StreamEnd end);
    }

    Streams(
            SessionThread thread,
            HttpCalls calls,
            EnvelopeStream.Kind kind,
            SubscriptionSet wanted,
            Continuity continuity,
            Owner owner) {
        this.thread = thread;
        this.calls = calls;
        this.kind = kind;
        this.wanted = wanted;
        this.continuity = continuity;
        this.owner = owner;
    }

    @Nullable
    String token() {
        return token;
    }

    /** Goes on with a token, of which it is not known yet which subscriptions it covers. */
    void use(@Nullable String token) {
        this.token = token;
        wanted.unproveAll();
        trialSize = Integer.MAX_VALUE;
        if (opening != null) {
            opening.cancel();
            opening = null;
        }
        openNext();
    }

    /** There are other subscriptions: a stream with them follows shortly. */
    void changed() {
        if (changePlanned || opening != null) {
            return;
        }
        changePlanned = true;
        long wait = Math.max(BATCH.toMillis(), settledAt - thread.nowMillis());
        thread.schedule(Duration.ofMillis(wait), () -> {
            changePlanned = false;
            if (opening == null && !isCurrent()) {
                openNext();
            }
        });
    }

    /** Whether the stream that is read is all that is wanted. */
    private boolean isCurrent() {
        Carrier reading = live;
        return reading != null && reading.has(wanted.askedWith(wanted.all()), token);
    }

    private void openNext() {
        List<Wanted> unproven = wanted.unproven();
        List<Wanted> trial = List.copyOf(unproven.subList(0, Math.min(trialSize, unproven.size())));
        if (live != null) {
            live.pause();
        }
        opening = new Carrier(wanted.askedWith(trial), trial, token);
        opening.begin();
    }

    private void accepted(Carrier carrier, Welcome welcome) {
        if (live != null) {
            live.cancel();
        }
        live = carrier;
        opening = null;
        trialSize = trialSize > Integer.MAX_VALUE / 2 ? trialSize : trialSize * 2;
        if (carrier.trial.stream().anyMatch(one -> !one.isExact())) {
            settledAt = thread.nowMillis() + SETTLE.toMillis();
        }
        owner.accepted(welcome);
        continuity.accepted(carrier.asked);
        if (!isCurrent()) {
            changed();
        }
    }

    private void ended(Carrier carrier, StreamEnd end) {
        if (carrier == opening) {
            opening = null;
            refused(carrier, end);
        } else if (carrier == live) {
            live = null;
            if (opening == null) {
                owner.ended(end);
            }
        }
    }

    private void refused(Carrier carrier, StreamEnd end) {
        List<Wanted> trial = carrier.trial;
        Failure refusal = end.refusal();
        if (refusal == null || trial.isEmpty()) {
            owner.ended(end);
        } else if (end.isOfSubscriptions()) {
            if (trial.size() == 1) {
                owner.refused(trial.get(0), refusal);
            }
            trialSize = Math.max(1, trial.size() / 2);
            goOn();
        } else if (end.isRetryable() && live != null && trial.stream().noneMatch(one -> one.answered)) {
            trial.forEach(one -> owner.refused(one, refusal));
            goOn();
        } else {
            owner.ended(end);
        }
    }

    private void goOn() {
        Carrier reading = live;
        if (reading != null && isCurrent()) {
            reading.resume();
        } else {
            openNext();
        }
    }

    /** One stream, with what was asked for by it. */
    private final class Carrier implements EnvelopeStream.Listener, EnvelopeStream.Bodies {

        private final List<Wanted> asked;
        private final List<Wanted> trial;
        private final @Nullable String shown;
        private @Nullable EnvelopeStream stream;

        Carrier(List<Wanted> asked, List<Wanted> trial, @Nullable String shown) {
            this.asked = asked;
            this.trial = trial;
            this.shown = shown;
        }

        void begin() {
            stream = kind.open(calls, shown, this, this);
        }

        boolean has(List<Wanted> all, @Nullable String token) {
            return asked.equals(all) && Objects.equals(shown, token);
        }

        void pause() {
            if (stream != null) {
                stream.pause();
            }
        }

        void resume() {
            if (stream != null) {
                stream.resume();
            }
        }

        void cancel() {
            if (stream != null) {
                stream.cancel();
            }
        }

        @Override
        public String first(int waitSeconds) {
            continuity.cutSnapshots();
            return RequestBody.of(continuity.requests(asked, false), null, waitSeconds);
        }

        @Override
        public @Nullable String next(String cursor, int waitSeconds) {
            if (asked.stream().anyMatch(one -> !one.answered)) {
                return null;
            }
            continuity.cutSnapshots();
            return RequestBody.of(continuity.requests(asked, true), cursor, waitSeconds);
        }

        @Override
        public void accepted(Welcome welcome) {
            if (this == opening) {
                Streams.this.accepted(this, welcome);
            }
        }

        @Override
        public boolean received(ServerEnvelope envelope, String text) {
            return this != live || owner.received(envelope, text);
        }

        @Override
        public void heard() {
            owner.heard();
        }

        @Override
        public void ended(StreamEnd end) {
            Streams.this.ended(this, end);
        }
    }
}
