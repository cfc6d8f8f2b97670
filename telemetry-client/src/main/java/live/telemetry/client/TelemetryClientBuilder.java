package live.telemetry.client;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import live.telemetry.client.transport.WebSocketTransport;
import org.jspecify.annotations.Nullable;

/** Configures a {@link TelemetryClient}. For one thread. */
public final class TelemetryClientBuilder {

    /** Reaching the server may take so long, and its welcome so long again. */
    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(10);

    /** The path of a URL that has none. */
    public static final String DEFAULT_PATH = "/telemetry";

    private @Nullable URI uri;
    private @Nullable Supplier<String> token;
    private Duration connectTimeout = DEFAULT_CONNECT_TIMEOUT;
    private ReconnectPolicy policy = ReconnectPolicy.DEFAULT;
    private ClientListener listener = new ClientListener() {};
    private @Nullable Executor listenerExecutor;

    TelemetryClientBuilder() {}

    /**
     * Where the server is.
     *
     * @param url {@code ws}, {@code wss}, {@code http} or {@code https}; without a path, that is {@value #DEFAULT_PATH}
     * @return this
     * @throws IllegalArgumentException if it is not such a URL
     */
    public TelemetryClientBuilder url(String url) {
        try {
            return url(new URI(url));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("url is not valid: " + e.getMessage(), e);
        }
    }

    /**
     * Where the server is.
     *
     * @param url {@code ws}, {@code wss}, {@code http} or {@code https}; without a path, that is {@value #DEFAULT_PATH}
     * @return this
     * @throws IllegalArgumentException if it is not such a URL
     */
    public TelemetryClientBuilder url(URI url) {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        String webSocketScheme = switch (scheme) {
            case "ws", "http" -> "ws";
            case "wss", "https" -> "wss";
            default ->
                throw new IllegalArgumentException(
                        "url must begin with ws://, wss://, http:// or https://, not \"" + scheme + '"');
        };
        if (url.getHost() == null) {
            throw new IllegalArgumentException("url must name a host, as in ws://localhost:8080/telemetry");
        }
        if (url.getRawUserInfo() != null || url.getRawFragment() != null) {
            throw new IllegalArgumentException("url must have neither a user nor a fragment; a token goes to token(…)");
        }
        String path = url.getRawPath() == null ? "" : url.getRawPath();
        String query = url.getRawQuery() == null ? "" : '?' + url.getRawQuery();
        String port = url.getPort() < 0 ? "" : ":" + url.getPort();
        String pathOrDefault = path.isEmpty() || path.equals("/") ? DEFAULT_PATH : path;
        this.uri = URI.create(webSocketScheme + "://" + url.getHost() + port + pathOrDefault + query);
        return this;
    }

    /**
     * Presents the same token at each connection; it serves as long as it is valid. Without a token the server has to allow
     * anonymous clients.
     *
     * @param token the token
     * @return this
     * @throws IllegalArgumentException if it cannot be a token: empty, or with blanks or other than ASCII in it
     */
    public TelemetryClientBuilder token(String token) {
        if (!Connection.isToken(token)) {
            throw new IllegalArgumentException("token must be printable ASCII without blanks");
        }
        return token(() -> token);
    }

    /**
     * Presents a token that is asked for anew before each attempt to connect.
     *
     * @param token gives a token that is valid now; called on the client's thread, and may block. What it throws makes the
     *     attempt fail, and the next one follows.
     * @return this
     */
    public TelemetryClientBuilder token(Supplier<String> token) {
        this.token = token;
        return this;
    }

    /**
     * How long reaching the server may take, and its welcome after that.
     *
     * @param timeout positive; {@link #DEFAULT_CONNECT_TIMEOUT} unless set
     * @return this
     * @throws IllegalArgumentException if it is shorter than a millisecond
     */
    public TelemetryClientBuilder connectTimeout(Duration timeout) {
        if (timeout.compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException("connectTimeout must be at least 1 ms: " + timeout);
        }
        this.connectTimeout = timeout;
        return this;
    }

    /**
     * How long to wait between attempts to connect.
     *
     * @param policy {@link ReconnectPolicy#DEFAULT} unless set
     * @return this
     */
    public TelemetryClientBuilder reconnectPolicy(ReconnectPolicy policy) {
        this.policy = policy;
        return this;
    }

    /**
     * Who is told about the connection.
     *
     * @param listener nobody unless set
     * @return this
     */
    public TelemetryClientBuilder listener(ClientListener listener) {
        this.listener = listener;
        return this;
    }

    /**
     * Where all listeners are called, one call at a time. At most 1024 calls wait for it; then the client stops reading.
     *
     * @param executor may have any number of threads; never shut down by the client. The client's own thread unless set.
     * @return this
     */
    public TelemetryClientBuilder listenerExecutor(Executor executor) {
        this.listenerExecutor = executor;
        return this;
    }

    /**
     * Makes the client, which does nothing until {@link TelemetryClient#connect()}.
     *
     * @return a new client
     * @throws IllegalStateException if no url was set
     */
    public TelemetryClient build() {
        return new TelemetryClient(new ClientCore(
                settings(),
                listener,
                listenerExecutor,
                new ThreadLoop(),
                WebSocketTransport::new,
                () -> ThreadLocalRandom.current().nextDouble()));
    }

    ConnectSettings settings() {
        URI target = uri;
        if (target == null) {
            throw new IllegalStateException("url must be set: the client has to know where the server is");
        }
        return new ConnectSettings(target, token, connectTimeout, policy);
    }
}
