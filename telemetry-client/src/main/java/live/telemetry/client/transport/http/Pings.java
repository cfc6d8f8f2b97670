package live.telemetry.client.transport.http;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import live.telemetry.client.transport.http.HttpCalls.CallFailure;
import live.telemetry.client.transport.http.HttpCalls.HttpAsk;
import live.telemetry.client.transport.http.WholeAnswer.Answer;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.envelope.EnvelopeCodec;
import live.telemetry.core.envelope.ServerEnvelope;
import live.telemetry.core.envelope.ServerEnvelope.Failure;
import live.telemetry.core.envelope.ServerEnvelope.Pong;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code ping} by a round trip to the server's health. The server's clock is its {@code Date}, to half a second; where it
 * gives none, the last heartbeat; and where none has come, this machine's clock is taken for the server's. Only on the session's thread.
 */
final class Pings {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** {@code Date} leaves the fraction of the second away, which is half a second on average. */
    private static final long HALF_A_SECOND = 500;

    private final HttpCalls calls;
    private final SessionThread thread;
    private final LongSupplier wallMillis;
    private final Consumer<String> core;
    private @Nullable Long serverAheadOfThread;

    Pings(HttpCalls calls, SessionThread thread, LongSupplier wallMillis, Consumer<String> core) {
        this.calls = calls;
        this.thread = thread;
        this.wallMillis = wallMillis;
        this.core = core;
    }

    /** The server's clock was named. */
    void serverTime(long millis) {
        serverAheadOfThread = millis - thread.nowMillis();
    }

    void ping(@Nullable Long id) {
        calls.send(
                new HttpAsk("health", null, null, HttpAsk.JSON, TIMEOUT),
                new WholeAnswer(WholeAnswer.SMALL_BYTES, new WholeAnswer.Receiver() {
                    @Override
                    public void answered(Answer answer) {
                        tell(new Pong(id, serverMillis(answer.head().dateMillis())));
                    }

                    @Override
                    public void failed(CallFailure failure) {
                        tell(new Failure(id, ErrorCode.UNAVAILABLE, failure.reason()));
                    }
                }));
    }

    private void tell(ServerEnvelope envelope) {
        core.accept(EnvelopeCodec.encode(envelope));
    }

    private long serverMillis(@Nullable Long date) {
        if (date != null) {
            return date + HALF_A_SECOND;
        }
        Long ahead = serverAheadOfThread;
        return ahead == null ? wallMillis.getAsLong() : thread.nowMillis() + ahead;
    }
}
