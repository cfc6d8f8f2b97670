package live.telemetry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLHandshakeException;
import live.telemetry.core.TelemetryException;
import live.telemetry.server.TestAuthority.Issued;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the JDK's own client makes of a server's certificates. */
class TlsCertificatesIT {

    private final TestAuthority authority = new TestAuthority("Authority of this test");
    private TelemetryServer server;

    @AfterEach
    void stop() {
        server.close();
    }

    private void serve(ServerTls tls) {
        server = TelemetryServer.builder()
                .port(0)
                .host("localhost")
                .allowAnonymous()
                .tls(tls)
                .build()
                .start();
    }

    /** A new one each time: an old one would go on with its connections and sessions. */
    private HttpClient client() {
        return HttpClient.newBuilder()
                .sslContext(authority.trustingContext())
                .connectTimeout(Duration.ofSeconds(5))
                .build();
    }

    private HttpResponse<String> health(HttpClient client) throws IOException, InterruptedException {
        URI uri = URI.create(server.uri() + "/health");
        return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static final class Messages implements WebSocket.Listener {
        private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
        private final StringBuilder begun = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            begun.append(data);
            if (last) {
                received.add(begun.toString());
                begun.setLength(0);
            }
            socket.request(1);
            return null;
        }

        void expect(String part) throws InterruptedException {
            assertThat(received.poll(10, TimeUnit.SECONDS)).contains(part);
        }
    }

    private WebSocket open(Messages messages) throws InterruptedException {
        URI uri = URI.create(server.uri().toString().replaceFirst("^http", "ws"));
        WebSocket socket = client().newWebSocketBuilder()
                .subprotocols("telemetry.v1")
                .buildAsync(uri, messages)
                .join();
        messages.expect("\"welcome\"");
        return socket;
    }

    @Test
    void healthAndWebSocketOverTls() throws Exception {
        serve(authority.issue("localhost").tls());
        assertThat(server.uri()).hasScheme("https");
        HttpResponse<String> health = health(client());
        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(health.body()).contains("\"UP\"");
        assertThat(health.sslSession())
                .hasValueSatisfying(session -> assertThat(session.getProtocol()).isEqualTo("TLSv1.3"));

        // The topic's birth would be one more thing to be told.
        server.publish("a", "$");
        Messages messages = new Messages();
        WebSocket socket = open(messages);
        socket.sendText("{\"type\":\"subscribe\",\"id\":1,\"topic\":\"a\"}", true)
                .join();
        messages.expect("\"subscribed\"");
        server.publish("a", "€");
        messages.expect("\"€\"");
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
        Eventually.that(() -> assertThat(server.stats().sessions()).isZero());
        assertThat(server.stats().failedHandshakes()).isZero();
    }

    @Test
    void certificatesBetweenAreSent() throws Exception {
        serve(authority.intermediate("Between").issue("localhost").tls());
        assertThat(health(client()).statusCode()).isEqualTo(200);
    }

    @Test
    void rsaWorksToo() throws Exception {
        Instant soon = Instant.now().plusSeconds(3_600);
        serve(authority
                .issue(TestAuthority.newKeys("RSA", 2048), soon, "localhost")
                .tls());
        assertThat(health(client()).statusCode()).isEqualTo(200);
    }

    private void assertRefused(String why) {
        assertThatIOException()
                .isThrownBy(() -> health(client()))
                .isInstanceOf(SSLHandshakeException.class)
                .withStackTraceContaining(why);
        Eventually.that(() -> {
            assertThat(server.stats().connections()).isZero();
            assertThat(server.stats().acceptedConnections()).isEqualTo(1);
        });
    }

    @Test
    void expiredCertificateIsRefused() {
        Instant yesterday = Instant.now().minus(Duration.ofDays(1));
        serve(authority
                .issue(TestAuthority.newKeys("EC", 256), yesterday, "localhost")
                .tls());
        assertRefused("NotAfter");
    }

    @Test
    void certificateOfAnotherHostIsRefused() {
        serve(authority.issue("elsewhere.example").tls());
        assertRefused("No subject alternative DNS name matching localhost");
    }

    @Test
    void certificateOfAnUnknownAuthorityIsRefused() {
        serve(new TestAuthority("Unknown").issue("localhost").tls());
        assertRefused("unable to find valid certification path");
    }

    @Test
    void reloadServesTheNewCertificateAndKeepsConnections(@TempDir Path directory) throws Exception {
        Issued first = authority.issue("localhost").write(directory);
        ServerTls tls = ServerTls.fromPem(directory.resolve("chain.pem"), directory.resolve("key.pem"));
        serve(tls);
        Messages messages = new Messages();
        WebSocket socket = open(messages);
        assertThat(served()).isEqualTo(first.chain().get(0));

        Issued second = authority.issue("localhost").write(directory);
        assertThat(served()).isEqualTo(first.chain().get(0));
        tls.reload();
        assertThat(served()).isEqualTo(second.chain().get(0));

        Files.writeString(directory.resolve("key.pem"), "half written");
        assertThatExceptionOfType(TelemetryException.class).isThrownBy(tls::reload);
        assertThat(served()).isEqualTo(second.chain().get(0));

        socket.sendText("{\"type\":\"ping\",\"id\":7}", true).join();
        messages.expect("\"pong\"");
    }

    private Object served() throws Exception {
        return health(client()).sslSession().orElseThrow().getPeerCertificates()[0];
    }
}
