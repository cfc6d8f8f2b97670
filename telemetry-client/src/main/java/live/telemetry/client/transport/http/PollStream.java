package live.telemetry.client.transport.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import live.telemetry.client.transport.http.HttpCalls.CallFailure;
import live.telemetry.client.transport.http.HttpCalls.HttpAsk;
import live.telemetry.client.transport.http.HttpCalls.HttpCall;
import live.telemetry.client.transport.http.WholeAnswer.Answer;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.envelope.EnvelopeCodec;
import live.telemetry.core.envelope.ProtocolException;
import live.telemetry.core.envelope.ServerEnvelope;
import live.telemetry.core.envelope.ServerEnvelope.Goaway;
import live.telemetry.core.envelope.ServerEnvelope.Welcome;
import live.telemetry.core.json.JsonFields;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Envelopes as the answers of long polls, one after the other. */
final class PollStream implements EnvelopeStream, WholeAnswer.Receiver {

    /** How long a server may hold a poll, in seconds. */
    static final int WAIT_SECONDS = 25;

    /** A client that hears nothing for that long, beyond the hold, takes the connection for dead. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    /** So that twice the heartbeat is the hold and the patience. */
    static final Duration HEARTBEAT =
            Duration.ofSeconds(WAIT_SECONDS).plus(PATIENCE).dividedBy(2);

    /** What a server accepts as a body, unless it is set to less. */
    private static final long MAX_MESSAGE_BYTES = RequestBody.MAX_BYTES;

    /** An answer has this at most, besides one record of any size and what is said of topics. */
    private static final int ANSWER_BYTES = 4 << 20;

    /** An answer that has nothing and should have been held, or should have had something, is followed by a pause. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private static final Logger log = LoggerFactory.getLogger(PollStream.class);

    private final HttpCalls calls;
    private final SessionThread thread;
    private final @Nullable String token;
    private final Bodies bodies;
    private final Listener listener;
    private final int maxAnswerBytes;

    private HttpCall call;
    private @Nullable String cursor;
    private long askedAt;
    private boolean asking;
    private boolean held;
    private boolean accepted;
    private boolean repeated;
    private boolean paused;
    private boolean over;

    private record Polled(String cursor, List<ServerEnvelope> envelopes) {}

    private PollStream(
            HttpCalls calls,
            SessionThread thread,
            @Nullable String token,
            Bodies bodies,
            Listener listener,
            int maxAnswerBytes) {
        this.calls = calls;
        this.thread = thread;
        this.token = token;
        this.bodies = bodies;
        this.listener = listener;
        this.maxAnswerBytes = maxAnswerBytes;
        this.call = ask(bodies.first(0), 0);
    }

    /** Polls whose records have at most so many bytes. */
    static Kind kind(SessionThread thread, int maxRecordBytes) {
        int maxAnswerBytes = (int) Math.min((long) maxRecordBytes + ANSWER_BYTES, Integer.MAX_VALUE - 8);
        return (calls, token, bodies, listener) ->
                new PollStream(calls, thread, token, bodies, listener, maxAnswerBytes);
    }

    /** A poll changes nothing at the server, so that one under way can be given up at any time. */
    @Override
    public void pause() {
        paused = true;
        asking = false;
        call.cancel();
    }

    @Override
    public void resume() {
        paused = false;
        poll();
    }

    @Override
    public void cancel() {
        over = true;
        call.cancel();
    }

    private HttpCall ask(String body, int waitSeconds) {
        askedAt = thread.nowMillis();
        held = waitSeconds > 0;
        asking = true;
        Duration timeout = Duration.ofSeconds(waitSeconds).plus(PATIENCE);
        return calls.send(
                new HttpAsk("poll", body, token, HttpAsk.JSON, timeout), new WholeAnswer(maxAnswerBytes, this));
    }

    private void poll() {
        if (over || paused || asking) {
            return;
        }
        String next = next();
        // Where something has yet to be answered, that must not wait for records.
        call = next == null ? ask(bodies.first(0), 0) : ask(next, WAIT_SECONDS);
    }

    private @Nullable String next() {
        String known = cursor;
        return known == null ? null : bodies.next(known, WAIT_SECONDS);
    }

    @Override
    public void answered(Answer answer) {
        asking = false;
        Polled polled = answer.head().status() == 200 ? read(answer) : null;
        if (polled == null) {
            end(StreamEnd.unexpected(answer));
            return;
        }
        repeated = false;
        cursor = polled.cursor;
        tell(polled);
        boolean atOnce = polled.envelopes.isEmpty() && thread.nowMillis() - askedAt < PAUSE.toMillis();
        if (atOnce && (held || next() == null)) {
            thread.schedule(PAUSE, this::poll);
        } else {
            poll();
        }
    }

    /** A connection that was kept may have been closed by the server just then; once is no reason to give up. */
    @Override
    public void failed(CallFailure failure) {
        asking = false;
        if (accepted && !repeated) {
            repeated = true;
            poll();
        } else {
            end(StreamEnd.failed(failure));
        }
    }

    private void tell(Polled polled) {
        if (!accepted) {
            accepted = true;
            listener.accepted(new Welcome("long-poll", "any", HEARTBEAT.toMillis(), MAX_MESSAGE_BYTES, null));
        }
        listener.heard();
        boolean known = true;
        for (ServerEnvelope envelope : polled.envelopes) {
            if (over) {
                return;
            }
            known &= listener.received(envelope, EnvelopeCodec.encode(envelope));
            if (envelope instanceof Goaway goaway) {
                end(StreamEnd.closed(1001, "goaway: " + goaway.reason()));
            }
        }
        if (!known) {
            // The cursor may name it, and then nobody ever would.
            cursor = null;
        }
    }

    private void end(StreamEnd end) {
        if (!over) {
            cancel();
            listener.ended(end);
        }
    }

    private static @Nullable Polled read(Answer answer) {
        if (!answer.head().isOf(HttpAsk.JSON)) {
            return null;
        }
        try {
            JsonFields fields = JsonFields.parse(answer.body());
            String cursor = fields.requiredString("cursor");
            List<ServerEnvelope> envelopes = new ArrayList<>();
            for (JsonFields envelope : fields.objects("envelopes")) {
                try {
                    envelopes.add(EnvelopeCodec.decodeServer(envelope));
                } catch (ProtocolException e) {
                    log.debug("An envelope of a poll's answer was not understood", e);
                }
            }
            return new Polled(cursor, envelopes);
        } catch (TelemetryException e) {
            log.debug("The answer of a poll was not understood", e);
            return null;
        }
    }
}
