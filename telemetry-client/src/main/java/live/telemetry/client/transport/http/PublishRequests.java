package live.telemetry.client.transport.http;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import live.telemetry.client.transport.http.HttpCalls.CallFailure;
import live.telemetry.client.transport.http.HttpCalls.HttpAsk;
import live.telemetry.client.transport.http.WholeAnswer.Answer;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.envelope.ClientEnvelope.Publish;
import live.telemetry.core.envelope.EnvelopeCodec;
import live.telemetry.core.envelope.ServerEnvelope;
import live.telemetry.core.envelope.ServerEnvelope.Failure;
import live.telemetry.core.envelope.ServerEnvelope.Published;
import live.telemetry.core.json.JsonFields;
import org.jspecify.annotations.Nullable;

/**
 * Publishes over HTTP: one request at a time, so that records stay in order, with whatever has come meanwhile. What waits is bounded
 * by whoever publishes. Only on the session's thread.
 */
final class PublishRequests {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** Records of one request, so that the answer is bounded as well: each takes less than a kilobyte. */
    private static final int MAX_RECORDS = 1_000;

    private static final int ANSWER_BYTES = 2 << 20;

    private final HttpCalls calls;
    private final Supplier<@Nullable String> token;
    private final Consumer<String> core;
    private final Queue<Publish> waiting = new ArrayDeque<>();
    private boolean asking;

    /** @param token in force whenever it is asked for */
    PublishRequests(HttpCalls calls, Supplier<@Nullable String> token, Consumer<String> core) {
        this.calls = calls;
        this.token = token;
        this.core = core;
    }

    void publish(Publish publish) {
        waiting.add(publish);
        next();
    }

    private void next() {
        if (asking || waiting.isEmpty()) {
            return;
        }
        asking = true;
        List<Publish> batch = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        int bytes = 0;
        for (Publish one = waiting.peek(); one != null && batch.size() < MAX_RECORDS; one = waiting.peek()) {
            String text = EnvelopeCodec.encode(one);
            bytes += 3 * text.length() + 1;
            if (!batch.isEmpty() && bytes > RequestBody.MAX_BYTES) {
                break;
            }
            waiting.remove();
            batch.add(one);
            texts.add(text);
        }
        // One alone without the brackets of an array, for which there may be no room.
        String body = texts.size() == 1 ? texts.get(0) : texts.stream().collect(Collectors.joining(",", "[", "]"));
        calls.send(
                new HttpAsk("publish", body, token.get(), HttpAsk.JSON, TIMEOUT),
                new WholeAnswer(ANSWER_BYTES, new Outcome(batch)));
    }

    /** What becomes of the records of one request. */
    private final class Outcome implements WholeAnswer.Receiver {

        private final List<Publish> batch;

        Outcome(List<Publish> batch) {
            this.batch = batch;
        }

        @Override
        public void answered(Answer answer) {
            List<ServerEnvelope> outcomes = outcomes(answer);
            for (int i = 0; i < batch.size(); i++) {
                Long id = batch.get(i).id();
                tell(
                        outcomes.size() == batch.size()
                                ? outcome(id, outcomes.get(i))
                                : StreamEnd.unexpected(answer).asFailure(id));
            }
            asking = false;
            next();
        }

        @Override
        public void failed(CallFailure failure) {
            for (Publish one : batch) {
                tell(new Failure(
                        one.id(), ErrorCode.UNAVAILABLE, failure.reason() + "; the record may be stored or not"));
            }
            asking = false;
            next();
        }
    }

    /** Empty if the answer is something else. */
    private static List<ServerEnvelope> outcomes(Answer answer) {
        if (answer.head().status() != 200) {
            return List.of();
        }
        try {
            return JsonFields.parseOneOrMany(answer.body()).stream()
                    .map(EnvelopeCodec::decodeServer)
                    .toList();
        } catch (TelemetryException e) {
            return List.of();
        }
    }

    private static ServerEnvelope outcome(@Nullable Long id, ServerEnvelope outcome) {
        if (outcome instanceof Published published) {
            return new Published(id, published.topic(), published.position());
        }
        return outcome instanceof Failure failure
                ? new Failure(id, failure.code(), failure.message(), failure.retryable())
                : new Failure(id, ErrorCode.INTERNAL, "the server answered with something else");
    }

    private void tell(ServerEnvelope envelope) {
        core.accept(EnvelopeCodec.encode(envelope));
    }
}
