package live.telemetry.client;

import live.telemetry.core.Topic;
import org.jspecify.annotations.Nullable;

/** What a course of {@link ModelRun} has shown to be wrong. */
final class ModelViolation extends AssertionError {

    private static final long serialVersionUID = 1;

    private final transient @Nullable Topic topic;

    ModelViolation(String message, @Nullable Topic topic) {
        super(message);
        this.topic = topic;
    }

    @Nullable
    Topic topic() {
        return topic;
    }
}
