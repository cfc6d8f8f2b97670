package live.telemetry.client.transport.http;

import static live.telemetry.client.transport.http.ScriptedHttpServer.STREAM;
import static live.telemetry.client.transport.http.ScriptedHttpServer.WELCOME;
import static live.telemetry.client.transport.http.ScriptedHttpServer.answer;
import static live.telemetry.client.transport.http.ScriptedHttpServer.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import live.telemetry.client.transport.HeardOfTransport;
import live.telemetry.client.transport.TestCertificate;
import live.telemetry.client.transport.Transport;
import live.telemetry.client.transport.TransportEnd;
import live.telemetry.client.transport.TransportListener;
import live.telemetry.client.transport.TransportRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Both transports against a server that does what it is told, over real sockets. */
@Timeout(60)
class HttpTransportsIT {

    private final HttpTransports transports = new HttpTransports();

    private static TransportRequest request(URI uri, @Nullable String token) {
        return new TransportRequest(uri, token, Duration.ofSeconds(10), 1 << 20, null);
    }

    private Transport openStream(URI uri, @Nullable String token, TransportListener listener) {
        Transport transport = transports.sse(request(uri, token));
        transport.open(listener);
        return transport;
    }

    private List<TransportEnd> endsOfBothAfter(String answer) throws Exception {
        try (ScriptedHttpServer server = new ScriptedHttpServer((request, out) -> write(out, answer))) {
            HeardOfTransport stream = new HeardOfTransport();
            HeardOfTransport poll = new HeardOfTransport();
            openStream(server.uri(), "t0k.en", stream);
            transports.longPoll(request(server.uri(), "t0k.en")).open(poll);
            List<TransportEnd> ends = List.of(stream.awaitEnd(), poll.awaitEnd());
            assertThat(stream.open).isNotDone();
            assertThat(poll.open).isNotDone();
            assertThat(server.requests).hasSize(2);
            return ends;
        }
    }

    @Test
    void aRequestHasTheTokenAndABodyAndKeepsTheQueryOfTheEndpoint() throws Exception {
        try (ScriptedHttpServer server = new ScriptedHttpServer((request, out) -> write(out, STREAM + WELCOME))) {
            HeardOfTransport heard = new HeardOfTransport();
            Transport transport = openStream(URI.create(server.uri() + "?tenant=7"), "t0k.en", heard);
            heard.open.get(20, TimeUnit.SECONDS);
            assertThat(server.requests)
                    .singleElement()
                    .asString()
                    .startsWith("POST /telemetry/events?tenant=7 HTTP/1.1\r\n")
                    .contains("Authorization: Bearer t0k.en\r\n", "Accept: text/event-stream\r\n", "\"subscribe\":[")
                    .doesNotContainIgnoringCase("upgrade");
            await().until(() -> !heard.texts.isEmpty());
            assertThat(transport.send("{\"type\":\"unsubscribe\",\"id\":1,\"topic\":\"a\"}"))
                    .isTrue();
            await().until(() -> heard.texts.size() == 2);
            transport.close();
            heard.awaitEnd();
            assertThat(transport.send("{}")).isFalse();
            await().until(() -> server.open.get() == 0);
        }
    }

    @Test
    void aRefusalOfTheServerIsOne() throws Exception {
        String body = "{\"type\":\"error\",\"code\":\"UNAUTHENTICATED\",\"message\":\"no\",\"retryable\":false}";
        for (String fields : List.of("WWW-Authenticate: Bearer\r\n", "")) {
            assertThat(endsOfBothAfter(answer("401 Unauthorized", fields, body)))
                    .containsOnly(TransportEnd.refused(401, "no", null, true));
        }
        String busy = "{\"type\":\"error\",\"code\":\"TOO_MANY_CONNECTIONS\",\"message\":\"busy\",\"retryable\":true}";
        assertThat(endsOfBothAfter(answer("503 Service Unavailable", "Retry-After: 7\r\n", busy)))
                .containsOnly(TransportEnd.refused(503, "busy", Duration.ofSeconds(7), true));
    }

    @Test
    void whatAProxyAnswersIsNoneOfTheServers() throws Exception {
        List<String> answers = List.of(
                answer("403 Forbidden", "Content-Type: text/html\r\n", "<html>blocked</html>"),
                answer("302 Found", "Location: http://127.0.0.1:1/login\r\n", ""),
                answer("200 OK", "Content-Type: text/html\r\n", "<html>log in</html>"),
                answer("200 OK", "Content-Type: application/json\r\n", "{\"type\":\"error\",\"code\":\"INTERNAL\"}"),
                answer("204 No Content", "", ""),
                answer("407 Proxy Authentication Required", "Proxy-Authenticate: Basic realm=x\r\n", "no"));
        for (String answer : answers) {
            assertThat(endsOfBothAfter(answer)).allSatisfy(end -> {
                assertThat(end.byServer()).isFalse();
                assertThat(end.reached()).isTrue();
                assertThat(end.reason()).contains("no answer of a telemetry server");
            });
        }
    }

    @Test
    void whatIsNoHttpIsABrokenConnection() throws Exception {
        assertThat(endsOfBothAfter("SSH-2.0-x\r\n\r\n")).allSatisfy(end -> {
            assertThat(end.byServer()).isFalse();
            assertThat(end.httpStatus()).isZero();
        });
    }

    @Test
    void nobodyThereIsUnreachable() throws Exception {
        int port;
        try (ServerSocket unused = new ServerSocket(0)) {
            port = unused.getLocalPort();
        }
        for (String host : List.of("127.0.0.1:" + port, "no-such-host.invalid:80")) {
            HeardOfTransport heard = new HeardOfTransport();
            openStream(URI.create("ws://" + host + "/telemetry"), null, heard);
            assertThat(heard.awaitEnd().reached()).as(heard.awaitEnd().reason()).isFalse();
        }
    }

    @Test
    void aTokenThatDoesNotFitIntoAHeaderIsNotShown() throws Exception {
        HeardOfTransport heard = new HeardOfTransport();
        openStream(URI.create("ws://127.0.0.1:1/telemetry"), "se\ncret", heard);
        assertThat(heard.awaitEnd().reason()).contains("token").doesNotContain("cret");
    }

    @Test
    void overTlsTheContextSaysWhomToTrust(@TempDir Path directory) throws Exception {
        SSLContext context = TestCertificate.ofLocalhost(directory);
        ServerSocket secured =
                context.getServerSocketFactory().createServerSocket(0, 5, InetAddress.getByName("localhost"));
        try (ScriptedHttpServer server =
                new ScriptedHttpServer(secured, (request, out) -> write(out, STREAM + WELCOME))) {
            URI uri = URI.create("wss://localhost:" + secured.getLocalPort() + "/telemetry");
            HeardOfTransport trusting = new HeardOfTransport();
            Transport transport =
                    transports.sse(new TransportRequest(uri, "t0k.en", Duration.ofSeconds(10), 1 << 20, context));
            transport.open(trusting);
            trusting.open.get(20, TimeUnit.SECONDS);
            transport.close();

            HeardOfTransport others = new HeardOfTransport();
            openStream(uri, "t0k.en", others);
            assertThat(others.awaitEnd().byServer()).isFalse();
            assertThat(others.awaitEnd().reached()).isTrue();
            assertThat(server.requests).hasSize(1);
        }
    }

    @Test
    void aListenerThatBlocksStopsTheReading() throws Exception {
        AtomicLong written = new AtomicLong();
        String record = "data: {\"type\":\"heartbeat\",\"ts\":1}" + " ".repeat(1_000) + "\n\n";
        try (ScriptedHttpServer server = new ScriptedHttpServer((request, out) -> {
            write(out, STREAM + WELCOME);
            while (true) {
                write(out, record);
                written.addAndGet(record.length());
            }
        })) {
            CountDownLatch release = new CountDownLatch(1);
            HeardOfTransport heard = new HeardOfTransport() {
                @Override
                public void onText(String text) {
                    super.onText(text);
                    if (texts.size() == 2) {
                        awaitRelease(release);
                    }
                }
            };
            Transport transport = openStream(server.uri(), null, heard);
            // As much as sockets hold, and then nothing more.
            AtomicLong last = new AtomicLong(-1);
            await().pollInterval(Duration.ofSeconds(1)).until(() -> last.getAndSet(written.get()) == written.get());
            long stalledAt = written.get();
            assertThat(heard.texts).hasSize(2);
            release.countDown();
            await().until(() -> written.get() > stalledAt + (1 << 20));
            transport.close();
            heard.awaitEnd();
            await().until(() -> server.open.get() == 0);
        }
    }

    @Test
    void closingCutsTheConnectionAlsoWhileTheListenerBlocks() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (ScriptedHttpServer server = new ScriptedHttpServer((request, out) -> write(out, STREAM + WELCOME))) {
            HeardOfTransport heard = new HeardOfTransport() {
                @Override
                public void onText(String text) {
                    super.onText(text);
                    awaitRelease(release);
                }
            };
            Transport transport = openStream(server.uri(), null, heard);
            await().until(() -> heard.texts.size() == 1);
            transport.close();
            transport.close();
            await().until(() -> server.open.get() == 0);
            assertThat(heard.end).isNotDone();
            release.countDown();
            assertThat(heard.awaitEnd().byServer()).isFalse();
        }
    }

    private static void awaitRelease(CountDownLatch release) {
        try {
            assertThat(release.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void isCutWhileTheServerLeavesTheRequestUnanswered() throws Exception {
        try (ScriptedHttpServer server = new ScriptedHttpServer((request, out) -> {})) {
            for (boolean stream : new boolean[] {true, false}) {
                HeardOfTransport heard = new HeardOfTransport();
                TransportRequest to = request(server.uri(), null);
                Transport transport = stream ? transports.sse(to) : transports.longPoll(to);
                transport.open(heard);
                await().until(() -> server.open.get() == 1);
                transport.close();
                heard.awaitEnd();
                await().until(() -> server.open.get() == 0);
            }
        }
    }

    @Test
    void closedBeforeItIsOpenedItConnectsToNobody() throws Exception {
        try (ScriptedHttpServer server = new ScriptedHttpServer((request, out) -> {})) {
            HeardOfTransport heard = new HeardOfTransport();
            Transport transport = transports.sse(request(server.uri(), null));
            transport.close();
            transport.open(heard);
            assertThat(heard.awaitEnd().reason()).contains("given up");
            assertThat(server.requests).isEmpty();
        }
    }

    @Test
    void aThousandTransportsLeaveNothingBehind() throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        String polled = answer("200 OK", "Content-Type: application/json\r\n", "{\"cursor\":\"c\",\"envelopes\":[]}");
        try (ScriptedHttpServer server = new ScriptedHttpServer((request, out) -> {
            if (request.startsWith("POST /telemetry/events")) {
                write(out, STREAM + WELCOME);
            } else if (request.contains("\"wait\":0")) {
                write(out, polled);
            }
        })) {
            for (int i = 0; i < 1_000; i++) {
                HeardOfTransport heard = new HeardOfTransport();
                TransportRequest to = request(server.uri(), null);
                Transport transport = i % 2 == 0 ? transports.sse(to) : transports.longPoll(to);
                transport.open(heard);
                if (i % 10 != 0) {
                    heard.open.get(20, TimeUnit.SECONDS);
                }
                transport.close();
                heard.awaitEnd();
            }
            // Connections that were kept for later requests may remain, no more than were ever used at a time.
            await().until(() -> server.open.get() <= 2);
            Set<Thread> begun = new HashSet<>(Thread.getAllStackTraces().keySet());
            begun.removeAll(before);
            assertThat(begun).filteredOn(HttpTransportsIT::isOfPool).hasSizeLessThanOrEqualTo(4);
            assertThat(begun)
                    .filteredOn(thread -> thread.getName().contains("SelectorManager"))
                    .hasSizeLessThanOrEqualTo(1);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> Thread.getAllStackTraces().keySet().stream().noneMatch(HttpTransportsIT::isOfPool));
        }
    }

    private static boolean isOfPool(Thread thread) {
        return thread.getName().equals("telemetry-client-http");
    }
}
