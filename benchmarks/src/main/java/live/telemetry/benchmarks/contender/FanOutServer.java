package live.telemetry.benchmarks.contender;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A server that is measured: whatever is published goes to its connections. */
interface FanOutServer extends AutoCloseable {

    /** The port that it listens on. */
    int port();

    /**
     * Publishes one record. One thread at a time.
     *
     * @param topic the topic's name
     * @param key what the record is about, or null
     * @param data JSON
     * @return completes when the server has taken it
     */
    CompletionStage<?> publish(String topic, @Nullable String key, String data);

    @Override
    void close();
}
