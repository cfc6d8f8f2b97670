package live.telemetry.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Position;
import live.telemetry.core.Publication;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.Topic;
import live.telemetry.core.json.JsonData;
import org.jspecify.annotations.Nullable;

/**
 * Pushes telemetry to whoever is subscribed, from within an application that exists already.
 *
 * <pre>{@code
 * TelemetryServer server = TelemetryServer.builder()
 *         .authenticator(JwtAuthenticator.builder().secret(secret).build())
 *         .source(MetricSource.of("host.load", Duration.ofSeconds(1), os::getSystemLoadAverage))
 *         .build()
 *         .start();
 * server.publish("app.orders", Map.of("open", 17));
 * }</pre>
 *
 * <p>Threads: every method may be called from any thread. Its own threads are daemons: they never keep a process alive.
 */
public final class TelemetryServer implements AutoCloseable {

    private final TelemetryServerBuilder settings;
    private final AtomicReference<State> state = new AtomicReference<>(State.NEW);
    private final AtomicReference<@Nullable ServerRuntime> runtime = new AtomicReference<>();

    private enum State {
        NEW,
        STARTED,
        CLOSED
    }

    TelemetryServer(TelemetryServerBuilder settings) {
        this.settings = settings;
    }

    /**
     * Configures a server.
     *
     * @return a builder
     */
    public static TelemetryServerBuilder builder() {
        return new TelemetryServerBuilder();
    }

    /**
     * Binds the port, starts the broadcaster and begins to sample. When this returns, clients can connect.
     *
     * @return this
     * @throws TelemetryException if the port cannot be bound
     * @throws IllegalStateException if it was started or closed before, or if the broadcaster serves another server
     */
    public TelemetryServer start() {
        if (!state.compareAndSet(State.NEW, State.STARTED)) {
            throw new IllegalStateException("a server is started once; build another one");
        }
        try {
            runtime.set(run());
        } catch (RuntimeException | Error e) {
            state.set(State.CLOSED);
            throw e;
        }
        if (state.get() == State.CLOSED) {
            close();
            throw new IllegalStateException("the server was closed while it started");
        }
        return this;
    }

    private ServerRuntime run() {
        ServerRuntime bound;
        try {
            InetSocketAddress address = new InetSocketAddress(settings.host, settings.port);
            if (address.isUnresolved()) {
                throw new UnknownHostException("unknown host");
            }
            bound = new ServerRuntime(settings, address);
        } catch (IOException e) {
            throw new TelemetryException(
                    ErrorCode.INTERNAL,
                    "cannot listen on " + settings.host + ":" + settings.port + ": " + e.getMessage()
                            + "; choose another host or port (0 picks a free port)",
                    e);
        }
        try {
            bound.start();
        } catch (RuntimeException | Error e) {
            bound.close();
            throw e;
        }
        return bound;
    }

    /**
     * The port that is bound.
     *
     * @return 1 to 65535
     * @throws IllegalStateException if the server is not running
     */
    public int port() {
        return running().port();
    }

    /**
     * Where clients connect.
     *
     * @return such as {@code http://127.0.0.1:8080/telemetry}, or {@code https://…} with TLS
     * @throws IllegalStateException if the server is not running
     */
    public URI uri() {
        String host = settings.host.contains(":") ? "[" + settings.host + "]" : settings.host;
        String scheme = settings.tls == null ? "http" : "https";
        return URI.create(scheme + "://" + host + ":" + port() + settings.path);
    }

    /**
     * Publishes a value under a topic.
     *
     * @param topic such as {@code app.orders}
     * @param data anything that is JSON in the end; see {@link JsonData#of}
     * @return its position, once the broadcaster has stored it; fails with a {@link TelemetryException}, for instance {@code
     *     UNAVAILABLE} (try again) or {@code RECORD_TOO_LARGE}
     */
    public CompletionStage<Position> publish(String topic, @Nullable Object data) {
        return publish(topic, null, data);
    }

    /**
     * Publishes a value under a topic and a key.
     *
     * @param topic such as {@code app.orders}
     * @param key what it is about within the topic, such as a region; null for none
     * @param data anything that is JSON in the end; see {@link JsonData#of}
     * @return as for {@link #publish(String, Object)}
     */
    public CompletionStage<Position> publish(String topic, @Nullable String key, @Nullable Object data) {
        try {
            return publish(topic, key, JsonData.of(data));
        } catch (TelemetryException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Publishes JSON under a topic.
     *
     * @param topic such as {@code app.orders}
     * @param json any JSON value as text
     * @return as for {@link #publish(String, Object)}; {@code BAD_REQUEST} if it is not valid JSON
     */
    public CompletionStage<Position> publishJson(String topic, String json) {
        return publishJson(topic, null, json);
    }

    /**
     * Publishes JSON under a topic and a key.
     *
     * @param topic such as {@code app.orders}
     * @param key what it is about within the topic, such as a region; null for none
     * @param json any JSON value as text
     * @return as for {@link #publish(String, Object)}; {@code BAD_REQUEST} if it is not valid JSON
     */
    public CompletionStage<Position> publishJson(String topic, @Nullable String key, String json) {
        try {
            return publish(topic, key, JsonData.parse(json));
        } catch (TelemetryException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletionStage<Position> publish(String topic, @Nullable String key, JsonData data) {
        ServerRuntime current = runtime.get();
        if (current == null) {
            throw new TelemetryException(ErrorCode.UNAVAILABLE, whyNotRunning());
        }
        return current.publish(new Publication(Topic.of(topic), System.currentTimeMillis(), key, data));
    }

    /**
     * What the server has done and holds.
     *
     * @return a snapshot
     * @throws IllegalStateException if the server is not running
     */
    public ServerStats stats() {
        return running().stats();
    }

    /**
     * Says good-bye to every session (each is asked to come back after another while, so that they do not come at once), writes
     * what is waiting, and closes everything. Takes at most about two seconds, does nothing the second time, and may be called
     * from a callback.
     */
    @Override
    public void close() {
        state.set(State.CLOSED);
        ServerRuntime current = runtime.getAndSet(null);
        if (current != null) {
            current.close();
        }
    }

    private ServerRuntime running() {
        ServerRuntime current = runtime.get();
        if (current == null) {
            throw new IllegalStateException(whyNotRunning());
        }
        return current;
    }

    private String whyNotRunning() {
        return switch (state.get()) {
            case NEW -> "the server is not started; call start()";
            case STARTED -> "the server is starting";
            case CLOSED -> "the server is closed";
        };
    }
}
