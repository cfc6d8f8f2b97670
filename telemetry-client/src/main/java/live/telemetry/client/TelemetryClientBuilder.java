package live.telemetry.client;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Configures a {@link TelemetryClient}. For one thread. */
public final class TelemetryClientBuilder {

    /** The path of a URL that has none. */
    public static final String DEFAULT_PATH = Endpoint.DEFAULT_PATH;

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private List<URI> uris = List.of();
    private TokenSource tokens = TokenSource.none();
    private Timeouts timeouts = Timeouts.DEFAULT;
    private ReconnectPolicy policy = ReconnectPolicy.DEFAULT;
    private Fallback fallback = Fallback.DEFAULT;
    private ClientLimits limits = ClientLimits.DEFAULT;
    private ClientListener listener = new ClientListener() {};
    private @Nullable Executor listenerExecutor;
    private @Nullable SSLContext sslContext;

    TelemetryClientBuilder() {}

    /**
     * Where the server is.
     *
     * @param url {@code ws}, {@code wss}, {@code http} or {@code https}; without a path, that is {@value #DEFAULT_PATH}
     * @return this
     * @throws IllegalArgumentException if it is not such a URL
     */
    public TelemetryClientBuilder url(String url) {
        return urls(url);
    }

    /**
     * Where the server is.
     *
     * @param url {@code ws}, {@code wss}, {@code http} or {@code https}; without a path, that is {@value #DEFAULT_PATH}
     * @return this
     * @throws IllegalArgumentException if it is not such a URL
     */
    public TelemetryClientBuilder url(URI url) {
        this.uris = List.of(Endpoint.of(url));
        return this;
    }

    /**
     * Several ways to the same records, such as the nodes of a cluster: whenever an attempt fails or a connection is lost, the
     * next one is tried, and after the last one the first. The wait between attempts grows once all of them have failed.
     *
     * @param urls at least one; see {@link #url(String)}
     * @return this
     * @throws IllegalArgumentException if there is none, or one is not such a URL
     */
    public TelemetryClientBuilder urls(String... urls) {
        if (urls.length == 0) {
            throw new IllegalArgumentException("urls must name at least one server");
        }
        List<URI> several = new ArrayList<>();
        for (String url : urls) {
            several.add(Endpoint.of(url));
        }
        this.uris = List.copyOf(several);
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
        this.tokens = TokenSource.fixed(token);
        return this;
    }

    /**
     * Presents a token that is asked for before each attempt to connect, and again before it expires.
     *
     * @param token gives a token that is valid now; called on a thread of its own, one call at a time, and may block. What it
     *     throws makes the attempt fail, and the next one follows.
     * @return this
     */
    public TelemetryClientBuilder token(Supplier<String> token) {
        this.tokens = TokenSource.blocking(token);
        return this;
    }

    /**
     * Presents a token that is asked for before each attempt to connect, and again before it expires.
     *
     * @param token begins to get a token that is valid then; called on the client's thread, one call at a time, and must not
     *     block. If it fails, or takes longer than {@link Timeouts#token()}, the attempt fails, and the next one follows.
     * @return this
     */
    public TelemetryClientBuilder tokenAsync(Supplier<? extends CompletionStage<String>> token) {
        this.tokens = TokenSource.asynchronous(token);
        return this;
    }

    /**
     * What TLS is made with.
     *
     * @param context for {@code wss} and {@code https}; the platform's unless set. The name of the host is checked in any case.
     * @return this
     */
    public TelemetryClientBuilder sslContext(SSLContext context) {
        this.sslContext = context;
        return this;
    }

    /**
     * How long to wait for each step.
     *
     * @param timeouts {@link Timeouts#DEFAULT} unless set
     * @return this
     */
    public TelemetryClientBuilder timeouts(Timeouts timeouts) {
        this.timeouts = timeouts;
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
     * Which transports to use where the network does not let the best one through.
     *
     * @param fallback {@link Fallback#DEFAULT} unless set
     * @return this
     */
    public TelemetryClientBuilder fallback(Fallback fallback) {
        this.fallback = fallback;
        return this;
    }

    /**
     * How much to keep in memory.
     *
     * @param limits {@link ClientLimits#DEFAULT} unless set
     * @return this
     */
    public TelemetryClientBuilder limits(ClientLimits limits) {
        this.limits = limits;
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
     * Where all listeners are called, one call at a time and in order. So many calls as {@link ClientLimits#waitingCalls()} wait
     * for it; then the client stops reading.
     *
     * @param executor may have any number of threads; never shut down by the client. A daemon thread of the client, which is
     *     there only while it is needed, unless set.
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
        ConnectSettings settings = settings();
        String name = "telemetry-client-" + NUMBER.incrementAndGet();
        Executor executor = listenerExecutor;
        Runnable onEnd = () -> {};
        if (executor == null) {
            ListenerThread own = new ListenerThread(name + "-listener");
            executor = own;
            onEnd = own::end;
        }
        return new TelemetryClient(new ClientCore(
                settings,
                listener,
                executor,
                onEnd,
                new ThreadLoop(name),
                Transports.ofClient(),
                () -> ThreadLocalRandom.current().nextDouble()));
    }

    ConnectSettings settings() {
        if (uris.isEmpty()) {
            throw new IllegalStateException("url must be set: the client has to know where the server is");
        }
        return new ConnectSettings(uris, tokens, timeouts, policy, fallback, limits, sslContext);
    }
}
