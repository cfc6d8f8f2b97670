package live.telemetry.client.transport.http;

import live.telemetry.client.transport.TransportEnd;
import live.telemetry.client.transport.TransportListener;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.envelope.ClientEnvelope;
import live.telemetry.core.envelope.ClientEnvelope.Auth;
import live.telemetry.core.envelope.ClientEnvelope.Publish;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;
import live.telemetry.core.envelope.ClientEnvelope.Unsubscribe;
import live.telemetry.core.envelope.EnvelopeCodec;
import live.telemetry.core.envelope.ProtocolException;
import live.telemetry.core.envelope.ServerEnvelope;
import live.telemetry.core.envelope.ServerEnvelope.Failure;
import live.telemetry.core.envelope.ServerEnvelope.Goaway;
import live.telemetry.core.envelope.ServerEnvelope.Heartbeat;
import live.telemetry.core.envelope.ServerEnvelope.Unsubscribed;
import live.telemetry.core.envelope.ServerEnvelope.Welcome;
import org.jspecify.annotations.Nullable;

/**
 * A session as over a WebSocket, made of requests over HTTP: it takes the client's envelopes, answers each as a server would, and
 * passes on what streams bring. Only on the session's thread, where the listener may block: then nothing more is read.
 */
final class HttpSession implements Streams.Owner {

    private final HttpCalls calls;
    private final TransportListener listener;
    private final SubscriptionSet wanted = new SubscriptionSet();
    private final Continuity continuity;
    private final StreamErrors errors;
    private final Streams streams;
    private final TokenRenewal renewal;
    private final PublishRequests publishes;
    private final Pings pings;

    private boolean welcomed;
    private @Nullable Goaway goaway;
    private @Nullable Failure lastFailure;
    private volatile boolean ended;

    HttpSession(SessionThread thread, HttpCalls calls, EnvelopeStream.Kind kind, TransportListener listener) {
        this.calls = calls;
        this.listener = listener;
        this.continuity = new Continuity(wanted, this::tellText);
        this.errors = new StreamErrors(wanted, this::refused, this::tellText);
        this.streams = new Streams(thread, calls, kind, wanted, continuity, this);
        this.renewal = new TokenRenewal(calls, kind, this::tell, streams::use);
        this.publishes = new PublishRequests(calls, streams::token, this::tellText);
        this.pings = new Pings(calls, thread, System::currentTimeMillis, this::tellText);
    }

    /** Any thread. */
    boolean hasEnded() {
        return ended;
    }

    /** Begins with a stream of nothing, which tells whether the server can be reached in this way, and takes the token. */
    void open(@Nullable String token) {
        if (!ended) {
            streams.use(token);
        }
    }

    /** Ends it, and tells the listener; whatever is under way is given up. */
    void end(TransportEnd end) {
        if (!ended) {
            ended = true;
            calls.close();
            listener.onEnd(end);
        }
    }

    private void tellText(String text) {
        if (!ended) {
            listener.onText(text);
        }
    }

    private void tell(ServerEnvelope envelope) {
        tellText(EnvelopeCodec.encode(envelope));
    }

    // ---- from the client

    void send(String text) {
        if (ended) {
            return;
        }
        ClientEnvelope envelope;
        try {
            envelope = EnvelopeCodec.decodeClient(text);
        } catch (ProtocolException e) {
            tell(new Failure(e.id(), e.code(), String.valueOf(e.getMessage())));
            return;
        }
        switch (envelope.type()) {
            case SUBSCRIBE -> subscribe((Subscribe) envelope);
            case UNSUBSCRIBE -> unsubscribe((Unsubscribe) envelope);
            case RESYNC ->
                fail(envelope, ErrorCode.BAD_REQUEST, "there is no resync over HTTP; subscribe after the last record");
            case PUBLISH -> publishes.publish((Publish) envelope);
            case AUTH -> renewal.renew((Auth) envelope);
            case PING -> pings.ping(envelope.id());
        }
    }

    private void fail(ClientEnvelope envelope, ErrorCode code, String message) {
        tell(new Failure(envelope.id(), code, message));
    }

    private void subscribe(Subscribe subscribe) {
        if (wanted.add(new Wanted(subscribe))) {
            streams.changed();
        } else {
            fail(
                    subscribe,
                    ErrorCode.ALREADY_SUBSCRIBED,
                    '"' + subscribe.pattern().text() + "\" is subscribed already");
        }
    }

    private void unsubscribe(Unsubscribe unsubscribe) {
        Wanted one = wanted.find(unsubscribe.pattern());
        if (one == null) {
            fail(
                    unsubscribe,
                    ErrorCode.NOT_SUBSCRIBED,
                    '"' + unsubscribe.pattern().text() + "\" is not subscribed");
            return;
        }
        if (!one.answered) {
            fail(one.request, ErrorCode.NOT_SUBSCRIBED, "the subscription was ended before it had begun");
        }
        tell(new Unsubscribed(unsubscribe.id(), one.pattern(), null));
        continuity.unsubscribed(one);
        errors.settle();
        streams.changed();
    }

    // ---- from the streams

    @Override
    public void accepted(Welcome welcome) {
        errors.reset();
        if (welcomed) {
            listener.onHeard();
        } else {
            welcomed = true;
            listener.onOpen();
            tell(welcome);
        }
    }

    @Override
    public boolean received(ServerEnvelope envelope, String text) {
        if (envelope instanceof Failure failure) {
            lastFailure = failure;
            if (failure.code() != ErrorCode.UNAUTHENTICATED) {
                errors.received(failure);
            }
            return true;
        }
        lastFailure = null;
        if (envelope instanceof Goaway farewell) {
            goaway = farewell;
        } else if (envelope instanceof Heartbeat heartbeat) {
            pings.serverTime(heartbeat.timestampMillis());
        }
        boolean known = continuity.received(envelope, text);
        if (envelope.type() == ServerEnvelope.Type.SUBSCRIBED) {
            errors.settle();
        }
        return known;
    }

    @Override
    public void heard() {
        listener.onHeard();
    }

    @Override
    public void refused(Wanted one, Failure failure) {
        continuity.drop(one);
        tell(
                one.answered
                        ? new Unsubscribed(null, one.pattern(), Unsubscribed.REVOKED)
                        : new Failure(one.request.id(), failure.code(), failure.message(), failure.retryable()));
    }

    @Override
    public void ended(StreamEnd end) {
        Failure last = lastFailure;
        if (goaway != null) {
            end(TransportEnd.closed(1001, "goaway: " + goaway.reason()));
        } else if (end.refusal() == null && last != null && last.code() == ErrorCode.UNAUTHENTICATED) {
            end(TransportEnd.closed(4401, last.message()));
        } else if (end.refusal() == null && last != null) {
            end(TransportEnd.broken(end.transport().reason() + " after " + last.code() + ": " + last.message()));
        } else {
            end(end.transport());
        }
    }
}
