package live.telemetry.client.transport.http;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import live.telemetry.client.transport.TransportEnd;
import live.telemetry.client.transport.http.HttpCalls.CallFailure;
import live.telemetry.client.transport.http.WholeAnswer.Answer;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.envelope.EnvelopeCodec;
import live.telemetry.core.envelope.ProtocolException;
import live.telemetry.core.envelope.ServerEnvelope.Failure;
import org.jspecify.annotations.Nullable;

/**
 * Why a stream or a poll has ended, or was not accepted.
 *
 * @param transport the same for whoever opened the transport; what a proxy answers in the server's place is not {@code byServer}
 * @param refusal what a telemetry server answered instead, or null
 */
record StreamEnd(TransportEnd transport, @Nullable Failure refusal) {

    /** What can be wrong with one of the subscriptions of a request. */
    private static final Set<ErrorCode> OF_SUBSCRIPTIONS = EnumSet.of(
            ErrorCode.FORBIDDEN,
            ErrorCode.BAD_REQUEST,
            ErrorCode.BAD_TOPIC,
            ErrorCode.TOO_MANY_TOPICS,
            ErrorCode.ALREADY_SUBSCRIBED,
            ErrorCode.BODY_TOO_LARGE);

    /** There is no answer. */
    static StreamEnd failed(CallFailure failure) {
        return new StreamEnd(
                failure.reached() ? TransportEnd.broken(failure.reason()) : TransportEnd.unreachable(failure.reason()),
                null);
    }

    /** The connection broke, or what came over it is not of a telemetry server. */
    static StreamEnd broken(String reason) {
        return new StreamEnd(TransportEnd.broken(reason), null);
    }

    static StreamEnd closed(int closeCode, String reason) {
        return new StreamEnd(TransportEnd.closed(closeCode, reason), null);
    }

    /** An answer that is not the one that was asked for. */
    static StreamEnd unexpected(Answer answer) {
        int status = answer.head().status();
        Duration retryAfter = answer.head().retryAfter();
        Optional<Failure> failure = status < 400 ? Optional.empty() : failure(answer);
        if (failure.isEmpty()) {
            String type = answer.head().contentType();
            String reason = "HTTP " + status + (type.isEmpty() ? "" : " (" + type + ")")
                    + ", which is no answer of a telemetry server";
            return new StreamEnd(TransportEnd.refused(status, reason, retryAfter, false), null);
        }
        String message = failure.get().message();
        return new StreamEnd(TransportEnd.refused(status, message, retryAfter, true), failure.get());
    }

    private static Optional<Failure> failure(Answer answer) {
        try {
            return EnvelopeCodec.decodeServer(answer.body()) instanceof Failure failure
                    ? Optional.of(failure)
                    : Optional.empty();
        } catch (ProtocolException e) {
            // Not from our server, but from something before it.
            return Optional.empty();
        }
    }

    /** Whether one of the subscriptions may be the reason, and a request without it may be accepted. */
    boolean isOfSubscriptions() {
        return refusal != null && OF_SUBSCRIPTIONS.contains(refusal.code());
    }

    /** Whether the server wants the same request later. */
    boolean isRetryable() {
        return refusal != null && refusal.retryable();
    }

    /** The same as an answer to a request. */
    Failure asFailure(@Nullable Long id) {
        return refusal == null
                ? new Failure(id, ErrorCode.UNAVAILABLE, transport.reason())
                : new Failure(id, refusal.code(), refusal.message(), refusal.retryable());
    }
}
