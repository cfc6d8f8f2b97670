package live.telemetry.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.json.JsonData;
import org.jspecify.annotations.Nullable;

/**
 * A client of a telemetry server. It connects by itself again and again, and resumes each subscription after the last record
 * that it got: in mode {@code all} a listener sees every record of a topic after its beginning, in order and exactly once, or
 * is told of a gap.
 *
 * <pre>{@code
 * try (TelemetryClient client = TelemetryClient.builder().url("ws://localhost:8080/telemetry").token(token).build()) {
 *     client.connect();
 *     client.subscribe("host.*", record -> System.out.println(record.topic() + " " + record.data()));
 *     …
 * }
 * }</pre>
 *
 * <p>All methods may be called from any thread, also from a listener, and none of them waits for the network. Threads, all of them
 * daemons: {@code telemetry-client-N} for timers and what the server sends; {@code telemetry-client-N-listener} for listeners, only
 * while there is something to tell, unless {@link TelemetryClientBuilder#listenerExecutor} is set; and two of the transport while
 * it is connected.
 *
 * <p>Every subscription sees every topic that it matches, also where several match the same. Such a topic is on the wire once, in
 * mode {@code all} if one of them wants every record; a conflated one then sees more records than it asked for.
 */
public final class TelemetryClient implements AutoCloseable {

    /** So long {@link #close()} waits at most. */
    public static final Duration CLOSE_TIMEOUT = ClientCore.CLOSE_TIMEOUT;

    private final ClientCore core;

    TelemetryClient(ClientCore core) {
        this.core = core;
    }

    /**
     * Begins to configure a client.
     *
     * @return a builder with the defaults
     */
    public static TelemetryClientBuilder builder() {
        return new TelemetryClientBuilder();
    }

    /**
     * Begins to connect and returns at once; from now on the client reconnects by itself. Does nothing if it has begun already.
     * After {@link ClientState#UNAUTHORIZED} it begins anew.
     *
     * @throws IllegalStateException if the client is closed
     */
    public void connect() {
        core.connect();
    }

    /**
     * Subscribes from now on to every record.
     *
     * @param topicOrPattern for example {@code host.cpu}, {@code host.*} or {@code host.>}
     * @param listener receives the records
     * @return the subscription, which lasts until it is closed, over all reconnects
     * @throws TelemetryException with {@code BAD_TOPIC} if the name is not valid
     * @throws IllegalStateException if the client is closed
     */
    public Subscription subscribe(String topicOrPattern, RecordListener listener) {
        return subscribe(topicOrPattern, SubscribeOptions.DEFAULT, listener);
    }

    /**
     * Subscribes. Before the client is connected this is remembered. What the server answers later is told to
     * {@link RecordListener#onEnd} if it is a refusal.
     *
     * @param topicOrPattern for example {@code host.cpu}, {@code host.*} or {@code host.>}
     * @param options where to begin, and which records to see
     * @param listener receives the records
     * @return the subscription, which lasts until it is closed, over all reconnects
     * @throws TelemetryException with {@code BAD_TOPIC} if the name is not valid
     * @throws IllegalArgumentException if the beginning does not fit: a single position for a pattern, or several for a topic
     * @throws IllegalStateException if the client is closed
     */
    public Subscription subscribe(String topicOrPattern, SubscribeOptions options, RecordListener listener) {
        return core.subscribe(TopicPattern.of(topicOrPattern), options, listener);
    }

    /**
     * Publishes a record without a key.
     *
     * @param topic its topic
     * @param data see {@link #publish(String, String, Object)}
     * @return see there
     * @throws TelemetryException see there
     */
    public CompletableFuture<Position> publish(String topic, @Nullable Object data) {
        return core.publish(Topic.of(topic), null, JsonData.of(data));
    }

    /**
     * Publishes a record. Before the client is connected it waits; once it is sent it is not sent again, so if the connection
     * is lost before the acknowledgement, the future fails with {@code UNAVAILABLE} and the record may be stored or not.
     *
     * @param topic its topic
     * @param key what it is about within the topic, 1 to 255 characters
     * @param data anything that is JSON in the end: a number, a string, a map, a list, a Java record, a
     *     {@link JsonData}
     * @return completes, on the client's thread, which nothing that depends on it may block (see the methods of
     *     {@link CompletableFuture} that end in {@code Async}), with the record's position once the server has stored it, or fails with a
     *     {@link TelemetryException} that has the server's code
     * @throws TelemetryException with {@code BAD_TOPIC} or {@code BAD_REQUEST} if topic, key or data are not valid
     */
    public CompletableFuture<Position> publish(String topic, String key, @Nullable Object data) {
        return core.publish(Topic.of(topic), key, JsonData.of(data));
    }

    /**
     * Where this client stands; {@link ClientListener#onStateChange} tells of changes.
     *
     * @return the state now
     */
    public ClientState state() {
        return core.state();
    }

    /**
     * What this client has counted.
     *
     * @return the counts now
     */
    public ClientStats stats() {
        return core.stats();
    }

    /**
     * Closes the connection and ends all subscriptions; publications without an acknowledgement fail. Idempotent. No listener of
     * records is called after this has returned, but one that is running already: for that it waits at most
     * {@link #CLOSE_TIMEOUT}, and not at all if it is called by a listener.
     */
    @Override
    public void close() {
        core.close();
    }
}
