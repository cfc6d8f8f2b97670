package live.telemetry.browsertests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import live.telemetry.core.Retention;
import live.telemetry.server.TelemetryServer;
import live.telemetry.server.TelemetryServerBuilder;
import live.telemetry.server.WebPages;
import live.telemetry.tck.proxy.FaultProxy;

/**
 * A server that serves the page under test, under a strict policy; a publisher that does not rest; and a proxy through which the
 * browser reaches everything, so that for the page all is one origin.
 */
final class Scene implements AutoCloseable {

    static final String TOPIC = "live.a";
    static final String OTHER_TOPIC = "live.b";
    static final String PATTERN = "live.>";
    private static final List<String> TOPICS = List.of(TOPIC, OTHER_TOPIC);

    static final String POLICY =
            "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none';"
                    + " form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

    private static final WebPages PAGES = WebPages.NONE
            .withResource("index.html", Scene.class, "/web/index.html")
            .withResource("elsewhere.html", Scene.class, "/web/elsewhere.html")
            .withResource("page/page.js", Scene.class, "/web/page.js")
            .withResource("page/icon.svg", Scene.class, "/web/icon.svg")
            .withHeader("Content-Security-Policy", POLICY);

    /** So short that a connection which nobody can use any more is soon noticed. */
    private static final Duration HEARTBEAT = Duration.ofMillis(500);

    private final UnaryOperator<TelemetryServerBuilder> settings;
    private final FaultProxy proxy;
    private TelemetryServer server;
    private SteadyPublisher publisher;

    private Scene(UnaryOperator<TelemetryServerBuilder> settings) {
        this.settings = settings;
        this.server = start(0);
        this.publisher = publish();
        this.proxy = FaultProxy.to(server.port());
    }

    /** With a server that asks for no token. */
    static Scene open() {
        return with(TelemetryServerBuilder::allowAnonymous);
    }

    /** With a server that asks for one of {@link Tokens}. */
    static Scene guarded() {
        return with(builder -> builder.authenticator(Tokens.AUTHENTICATOR));
    }

    static Scene with(UnaryOperator<TelemetryServerBuilder> settings) {
        return new Scene(settings);
    }

    private TelemetryServer start(int port) {
        TelemetryServerBuilder builder = TelemetryServer.builder()
                .port(port)
                .heartbeat(HEARTBEAT)
                .retention(Retention.DEFAULT.withMaxRecords(1_000_000).withMaxBytes(64 << 20))
                .pages("/", PAGES);
        return settings.apply(builder).build().start();
    }

    private SteadyPublisher publish() {
        return new SteadyPublisher(server, TOPICS);
    }

    TelemetryServer server() {
        return server;
    }

    FaultProxy proxy() {
        return proxy;
    }

    SteadyPublisher publisher() {
        return publisher;
    }

    URI page() {
        return URI.create("http://127.0.0.1:" + proxy.port() + "/");
    }

    URI elsewhere() {
        return page().resolve("/elsewhere.html");
    }

    /** Another server in the place of the first one, which knows nothing of its records. */
    void restart() {
        publisher.close();
        int port = server.port();
        server.close();
        server = start(port);
        publisher = publish();
    }

    /** Waits until so many more records were published. */
    void letPass(int records) {
        long until = publisher.head() + records;
        await().atMost(Duration.ofSeconds(20)).until(() -> publisher.head() >= until);
    }

    /** Ends publishing; every subscription of the page was told every record there is, once and in order. */
    void assertNothingIsLost(Tab tab) {
        long head = publisher.stop();
        assertThat(tab.subscribed()).isNotEmpty();
        for (String subscribed : tab.subscribed()) {
            for (String topic : subscribed.equals(PATTERN) ? TOPICS : List.of(subscribed)) {
                tab.awaitRecord(subscribed, topic, head);
                Account account = tab.account(subscribed, topic);
                assertThat(account).isEqualTo(new Account(1, head, head, 0, List.of(), List.of()));
            }
        }
    }

    @Override
    public void close() {
        publisher.close();
        proxy.close();
        server.close();
    }
}
