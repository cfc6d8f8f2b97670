package live.telemetry.client.transport.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import live.telemetry.core.json.JsonFields;
import org.jspecify.annotations.Nullable;

/** Requests that a test answers. */
final class FakeCalls implements HttpCalls {

    private final List<Call> sent = new ArrayList<>();
    private int taken;
    boolean closed;

    /** One request. */
    static final class Call implements HttpCall {

        final HttpAsk ask;
        private final CallListener listener;
        boolean paused;
        boolean cancelled;

        private Call(HttpAsk ask, CallListener listener) {
            this.ask = ask;
            this.listener = listener;
        }

        String body() {
            return ask.body() == null ? "" : ask.body();
        }

        /** What is subscribed by it, as it was written. */
        List<String> topics() {
            return JsonFields.parse(body()).objects("subscribe").stream()
                    .map(fields -> fields.requiredString("topic"))
                    .toList();
        }

        void head(int status, String contentType) {
            listener.onHead(new HttpHead(status, contentType, null, null));
        }

        void bytes(String text) {
            if (!cancelled && !listener.onBytes(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)))) {
                cancelled = true;
            }
        }

        /** Events of a stream. */
        void events(String... envelopes) {
            for (String envelope : envelopes) {
                bytes("data: " + envelope + "\n\n");
            }
        }

        void welcomes() {
            head(200, "text/event-stream");
            events(
                    "{\"type\":\"welcome\",\"protocol\":1,\"session\":\"s\",\"node\":\"n\",\"heartbeat\":15000,\"maxMessageBytes\":262144,\"expiresAt\":99}");
        }

        void answers(int status, String contentType, String body) {
            head(status, contentType);
            bytes(body);
            listener.onEnd(null);
        }

        void refuses(int status, String code) {
            answers(
                    status,
                    "application/json",
                    "{\"type\":\"error\",\"code\":\"" + code + "\",\"message\":\"no: " + code + "\",\"retryable\":"
                            + (status == 503) + "}");
        }

        void polled(String cursor, String... envelopes) {
            answers(
                    200,
                    "application/json",
                    "{\"cursor\":\"" + cursor + "\",\"envelopes\":[" + String.join(",", envelopes) + "]}");
        }

        void ends(@Nullable String failure) {
            listener.onEnd(failure == null ? null : new CallFailure(failure, true));
        }

        @Override
        public void pause() {
            paused = true;
        }

        @Override
        public void resume() {
            paused = false;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    @Override
    public HttpCall send(HttpAsk ask, CallListener listener) {
        Call call = new Call(ask, listener);
        sent.add(call);
        return call;
    }

    @Override
    public void close() {
        closed = true;
        sent.forEach(Call::cancel);
    }

    /** The next request that the test has not seen. */
    Call next() {
        if (taken == sent.size()) {
            throw new AssertionError("no further request was sent");
        }
        return sent.get(taken++);
    }

    boolean hasNext() {
        return taken < sent.size();
    }
}
