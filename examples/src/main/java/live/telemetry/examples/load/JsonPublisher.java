package live.telemetry.examples.load;

import java.util.concurrent.CompletionStage;

/** Where load goes: {@code server::publishJson}. */
@FunctionalInterface
public interface JsonPublisher {

    /**
     * Publishes one record; does not block.
     *
     * @param topic the topic's name
     * @param json its data
     * @return completes when it is stored
     */
    CompletionStage<?> publishJson(String topic, String json);
}
