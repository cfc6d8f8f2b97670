package live.telemetry.client.transport.http;

import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;

/** A topic or pattern that the session is subscribed to. Only on the session's thread. */
final class Wanted {

    final Subscribe request;

    /** Whether a server has accepted it with the token in force. */
    boolean proven;

    /** Whether the stream that is read has it. */
    boolean carried;

    /** Whether {@code subscribe} has its answer. */
    boolean answered;

    Wanted(Subscribe request) {
        this.request = request;
    }

    TopicPattern pattern() {
        return request.pattern();
    }

    boolean isExact() {
        return request.pattern().isExact();
    }

    boolean matches(Topic topic) {
        return request.pattern().matches(topic);
    }

    @Override
    public String toString() {
        return request.pattern().text();
    }
}
