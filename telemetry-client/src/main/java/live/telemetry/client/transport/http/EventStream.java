package live.telemetry.client.transport.http;

import java.nio.ByteBuffer;
import java.time.Duration;
import live.telemetry.client.transport.http.HttpCalls.CallFailure;
import live.telemetry.client.transport.http.HttpCalls.CallListener;
import live.telemetry.client.transport.http.HttpCalls.HttpAsk;
import live.telemetry.client.transport.http.HttpCalls.HttpCall;
import live.telemetry.client.transport.http.HttpCalls.HttpHead;
import live.telemetry.client.transport.http.WholeAnswer.Answer;
import live.telemetry.core.envelope.EnvelopeCodec;
import live.telemetry.core.envelope.ProtocolException;
import live.telemetry.core.envelope.ServerEnvelope;
import live.telemetry.core.envelope.ServerEnvelope.Welcome;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Envelopes as Server-Sent Events: one answer that does not end. */
final class EventStream implements EnvelopeStream, CallListener, SseParser.Events, WholeAnswer.Receiver {

    private static final String MEDIA_TYPE = "text/event-stream";

    /** A server sends the head at once. */
    private static final Duration HEAD_TIMEOUT = Duration.ofSeconds(15);

    private static final Logger log = LoggerFactory.getLogger(EventStream.class);

    private final Listener listener;
    private final SseParser parser;
    private final HttpCall call;
    private final WholeAnswer otherAnswer = new WholeAnswer(WholeAnswer.SMALL_BYTES, this);
    private boolean isStream;
    private boolean accepted;
    private boolean over;

    private EventStream(HttpCalls calls, @Nullable String token, Bodies bodies, Listener listener, int maxEventBytes) {
        this.listener = listener;
        this.parser = new SseParser(maxEventBytes, this);
        this.call = calls.send(new HttpAsk("events", bodies.first(-1), token, MEDIA_TYPE, HEAD_TIMEOUT), this);
    }

    /** Streams whose events have at most so many bytes. */
    static Kind kind(int maxEventBytes) {
        return (calls, token, bodies, listener) -> new EventStream(calls, token, bodies, listener, maxEventBytes);
    }

    @Override
    public void pause() {
        call.pause();
    }

    @Override
    public void resume() {
        call.resume();
    }

    @Override
    public void cancel() {
        over = true;
        call.cancel();
    }

    private void end(StreamEnd end) {
        if (!over) {
            cancel();
            listener.ended(end);
        }
    }

    // ---- the answer

    @Override
    public void onHead(HttpHead head) {
        isStream = head.status() == 200 && head.isOf(MEDIA_TYPE);
        otherAnswer.onHead(head);
    }

    @Override
    public boolean onBytes(ByteBuffer bytes) {
        if (!isStream) {
            return otherAnswer.onBytes(bytes);
        }
        try {
            parser.feed(bytes);
        } catch (SseParser.TooLargeException e) {
            end(StreamEnd.closed(1009, String.valueOf(e.getMessage())));
        }
        return !over;
    }

    @Override
    public void onEnd(@Nullable CallFailure failure) {
        if (!isStream) {
            otherAnswer.onEnd(failure);
        } else {
            end(failure == null ? StreamEnd.broken("the stream has ended") : StreamEnd.failed(failure));
        }
    }

    @Override
    public void answered(Answer answer) {
        end(StreamEnd.unexpected(answer));
    }

    @Override
    public void failed(CallFailure failure) {
        end(StreamEnd.failed(failure));
    }

    // ---- events

    @Override
    public void event(String type, String data, String lastEventId) {
        if (over || !type.equals("message")) {
            return;
        }
        ServerEnvelope envelope;
        try {
            envelope = EnvelopeCodec.decodeServer(data);
        } catch (ProtocolException e) {
            log.debug("An event of the server was not understood", e);
            listener.heard();
            return;
        }
        if (accepted) {
            listener.received(envelope, data);
        } else if (envelope instanceof Welcome welcome) {
            accepted = true;
            listener.accepted(welcome);
        } else {
            end(StreamEnd.broken("an event stream that does not begin with a welcome"));
        }
    }

    @Override
    public void comment() {
        if (!over) {
            listener.heard();
        }
    }
}
