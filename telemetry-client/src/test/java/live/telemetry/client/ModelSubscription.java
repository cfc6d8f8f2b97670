package live.telemetry.client;

import java.util.ArrayList;
import java.util.List;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;

/** A subscription of a {@link ModelSession}; live once its topics have been looked up. */
final class ModelSubscription {

    final Subscribe request;
    final long number;
    final List<ModelTopic> births = new ArrayList<>();
    boolean live;
    boolean ended;

    ModelSubscription(Subscribe request, long number) {
        this.request = request;
        this.number = number;
    }

    TopicPattern pattern() {
        return request.pattern();
    }

    boolean isExact() {
        return request.pattern().isExact();
    }
}
