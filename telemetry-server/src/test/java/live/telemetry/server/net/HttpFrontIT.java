package live.telemetry.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import live.telemetry.core.Identity;
import live.telemetry.core.Rights;
import live.telemetry.server.net.http.AccessRules;
import live.telemetry.server.net.http.HttpMethod;
import live.telemetry.server.net.http.TokenSources;
import live.telemetry.server.node.Node;
import live.telemetry.server.session.SessionCounters;
import live.telemetry.server.session.SessionLimits;
import live.telemetry.server.session.SessionServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A front whose parts fail: the peer is answered all the same. */
class HttpFrontIT {

    private static final String UPGRADE = "GET /telemetry HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
            + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + "Authorization: Bearer x\r\n\r\n";

    private final CompletableFuture<Identity> check = new CompletableFuture<>();
    private final AtomicInteger upgrades = new AtomicInteger();

    private FrontSettings settings(Function<Exchange, ConnectionHandler> upgrade) {
        return new FrontSettings(
                Map.of(
                        "/telemetry", new Upgrade(upgrade),
                        "/telemetry/health", new HealthEndpoint(new Server(check))),
                4_096,
                1_024,
                Duration.ofSeconds(5),
                Duration.ofMillis(200),
                Duration.ofMillis(200),
                Duration.ofSeconds(5),
                AccessRules.authenticated(List.of()),
                TokenSources.DEFAULT,
                null,
                token -> check,
                (connection, error) -> {});
    }

    private record Upgrade(Function<Exchange, ConnectionHandler> next) implements Endpoint {
        @Override
        public List<HttpMethod> methods() {
            return List.of(HttpMethod.GET, HttpMethod.POST);
        }

        @Override
        public void serve(Exchange exchange) {
            exchange.handOver(next.apply(exchange));
        }
    }

    private record Server(CompletionStage<Identity> check) implements SessionServer {
        @Override
        public Node node() {
            throw new IllegalStateException("asked to");
        }

        @Override
        public String nodeName() {
            return "front";
        }

        @Override
        public SessionLimits limits() {
            throw new UnsupportedOperationException();
        }

        @Override
        public SessionCounters counters() {
            throw new UnsupportedOperationException();
        }

        @Override
        public long heartbeatMillis() {
            return 0;
        }

        @Override
        public int maxMessageBytes() {
            return 0;
        }

        @Override
        public CompletionStage<Identity> authenticate(String token) {
            return check;
        }
    }

    private ConnectionHandler failing(Exchange exchange) {
        throw new IllegalStateException("asked to");
    }

    private ConnectionHandler counting(Exchange exchange) {
        upgrades.incrementAndGet();
        return new ScriptedHandler(exchange.connection());
    }

    private static String ask(Socket peer, String request) throws IOException {
        peer.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return new String(peer.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void upgradeThatFailsIsAFaultOfTheServer() throws IOException {
        check.complete(new Identity("ann", Rights.ALL, null));
        FrontSettings settings = settings(this::failing);
        try (LoopRig rig = new LoopRig().start();
                Socket peer = rig.connect(connection -> new HttpFront(connection, settings))) {
            assertThat(ask(peer, UPGRADE))
                    .startsWith("HTTP/1.1 500 ")
                    .contains("INTERNAL")
                    .doesNotContain("asked to");
        }
    }

    @Test
    void healthThatFailsIsAFaultOfTheServer() throws IOException {
        FrontSettings settings = settings(this::failing);
        try (LoopRig rig = new LoopRig().start();
                Socket peer = rig.connect(connection -> new HttpFront(connection, settings))) {
            String answer = ask(peer, "GET /telemetry/health HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(answer).startsWith("HTTP/1.1 500 ").contains("INTERNAL").doesNotContain("asked to");
        }
    }

    @Test
    void checkThatNeverEndsIsAnsweredAndItsEndIgnored() throws IOException {
        FrontSettings settings = settings(this::counting);
        try (LoopRig rig = new LoopRig().start();
                Socket peer = rig.connect(connection -> new HttpFront(connection, settings))) {
            assertThat(ask(peer, UPGRADE))
                    .startsWith("HTTP/1.1 503 ")
                    .contains("UNAVAILABLE")
                    .contains("Retry-After");
            check.complete(new Identity("ann", Rights.ALL, null));
            peer.shutdownOutput();
            Awaitility.await().until(() -> rig.counters.open() == 0);
            assertThat(upgrades).hasValue(0);
        }
    }
}
