package live.telemetry.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages and the browser client, as browsers and others ask for them. */
class WebPagesIT {

    private static final String CSP = "default-src 'self'";
    private static final byte[] INDEX =
            "<!doctype html><title>ä</title>".repeat(20).getBytes(UTF_8);
    /** More than a socket takes at once, and nothing that could be compressed. */
    private static final byte[] NOISE = noise(3 << 20);

    private static TelemetryServer guarded;
    private static TelemetryServer anonymous;

    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        WebPages pages = WebPages.NONE
                .with("index.html", INDEX)
                .with("js/app.js", "let a = 1;\n".repeat(100).getBytes(UTF_8))
                .with("noise.bin", NOISE)
                .withHeader("Content-Security-Policy", CSP);
        guarded = TelemetryServer.builder()
                .port(0)
                .authenticator(Tokens.authenticator())
                .allowedOrigins("https://dash.example")
                .pages("/dash", pages)
                .build()
                .start();
        anonymous = TelemetryServer.builder()
                .port(0)
                .allowAnonymous()
                .pages("/", pages)
                .build()
                .start();
    }

    @AfterAll
    static void stop() {
        guarded.close();
        anonymous.close();
    }

    private static byte[] noise(int bytes) {
        byte[] noise = new byte[bytes];
        new Random(1).nextBytes(noise);
        return noise;
    }

    private HttpResponse<byte[]> get(TelemetryServer server, String path, String... headers) throws Exception {
        return send("GET", server, path, headers);
    }

    private HttpResponse<byte[]> send(String method, TelemetryServer server, String path, String... headers)
            throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.uri().resolve(path)).method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    private static String header(HttpResponse<?> response, String name) {
        return String.join(" | ", response.headers().allValues(name));
    }

    @Test
    void theIndexIsAtThePathItselfAndNeedsNoToken() throws Exception {
        for (String path : new String[] {"/dash", "/dash/index.html"}) {
            HttpResponse<byte[]> response = get(guarded, path);
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).isEqualTo(INDEX);
            assertThat(header(response, "Content-Type")).isEqualTo("text/html; charset=utf-8");
            assertThat(header(response, "Cache-Control")).isEqualTo("no-cache");
            assertThat(header(response, "Vary")).isEqualTo("Accept-Encoding, Origin");
            assertThat(header(response, "X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(header(response, "Cross-Origin-Resource-Policy")).isEqualTo("same-origin");
            assertThat(header(response, "Content-Security-Policy")).isEqualTo(CSP);
            assertThat(header(response, "Content-Encoding")).isEmpty();
            assertThat(header(response, "Connection")).isEmpty();
        }
        assertThat(get(anonymous, "/").body()).isEqualTo(INDEX);
        assertThat(get(anonymous, "/index.html").body()).isEqualTo(INDEX);
    }

    @Test
    void theBrowserClientIsServedByEveryServer() throws Exception {
        for (TelemetryServer server : new TelemetryServer[] {guarded, anonymous}) {
            HttpResponse<byte[]> module = get(server, "/telemetry/telemetry.js");
            assertThat(module.statusCode()).isEqualTo(200);
            assertThat(header(module, "Content-Type")).isEqualTo("text/javascript; charset=utf-8");
            assertThat(new String(module.body(), UTF_8)).contains("export");
            HttpResponse<byte[]> types = get(server, "/telemetry/telemetry.d.ts");
            assertThat(types.statusCode()).isEqualTo(200);
            assertThat(header(types, "Content-Type")).isEqualTo("text/plain; charset=utf-8");
        }
    }

    @Test
    void whoTakesGzipGetsTheSameBytesInIt() throws Exception {
        HttpResponse<byte[]> plain = get(guarded, "/dash/js/app.js");
        HttpResponse<byte[]> gzipped = get(guarded, "/dash/js/app.js", "Accept-Encoding", "br, gzip;q=0.5");
        assertThat(header(gzipped, "Content-Encoding")).isEqualTo("gzip");
        assertThat(gzipped.body().length).isLessThan(plain.body().length / 5);
        assertThat(header(gzipped, "Content-Length")).isEqualTo(Integer.toString(gzipped.body().length));
        assertThat(new GZIPInputStream(new ByteArrayInputStream(gzipped.body())).readAllBytes())
                .isEqualTo(plain.body());
        assertThat(header(gzipped, "ETag")).isNotEqualTo(header(plain, "ETag"));
        assertThat(header(gzipped, "Vary")).contains("Accept-Encoding");
    }

    @Test
    void whatDoesNotGetSmallerIsNotCompressed() throws Exception {
        HttpResponse<byte[]> response = get(guarded, "/dash/noise.bin", "Accept-Encoding", "gzip");
        assertThat(header(response, "Content-Encoding")).isEmpty();
        assertThat(header(response, "Content-Type")).isEqualTo("application/octet-stream");
        assertThat(response.body()).isEqualTo(NOISE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gzip"})
    void whatTheBrowserHasIsNotSentAgain(String coding) throws Exception {
        String tag = header(get(guarded, "/dash", "Accept-Encoding", coding), "ETag");
        for (String held : new String[] {tag, "W/" + tag, "\"old\", " + tag, "*"}) {
            HttpResponse<byte[]> again = get(guarded, "/dash", "Accept-Encoding", coding, "If-None-Match", held);
            assertThat(again.statusCode()).as(held).isEqualTo(304);
            assertThat(again.body()).isEmpty();
            assertThat(header(again, "ETag")).isEqualTo(tag);
            assertThat(header(again, "Cache-Control")).isEqualTo("no-cache");
            assertThat(header(again, "Vary")).isEqualTo("Accept-Encoding, Origin");
            assertThat(header(again, "Content-Security-Policy")).isEqualTo(CSP);
            assertThat(header(again, "Content-Length")).isEmpty();
        }
        assertThat(get(guarded, "/dash", "If-None-Match", "\"old\"").statusCode())
                .isEqualTo(200);
    }

    /** The connection goes on behind a 304: nobody waits for a body. */
    @Test
    void aNotModifiedEndsAtItsHead() throws IOException {
        try (RawPeer peer = RawPeer.connect(guarded)) {
            String tag = peer.exchange(peer.request("GET /dash")).header("ETag").orElseThrow();
            peer.write(peer.request("GET /dash", "If-None-Match: " + tag));
            assertThat(peer.replyWithoutBody().status()).isEqualTo(304);
            assertThat(peer.exchange(peer.request("GET /telemetry/health")).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void headHasTheHeaderFieldsOnly() throws Exception {
        HttpResponse<byte[]> whole = get(guarded, "/dash");
        HttpResponse<byte[]> head = send("HEAD", guarded, "/dash");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(header(head, "Content-Length")).isEqualTo(header(whole, "Content-Length"));
        assertThat(header(head, "ETag")).isEqualTo(header(whole, "ETag"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/dash/",
                "/dash/nothing.js",
                "/dash/js",
                "/dash/js/",
                "/dash/../dash/index.html",
                "/dash/%2e%2e/dash",
                "/dash/js/%2E%2E/index.html",
                "/dash//index.html",
                "/telemetry/telemetry.mjs",
                "/telemetry/index.html"
            })
    void nothingElseIsThere(String target) throws IOException {
        try (RawPeer peer = RawPeer.connect(guarded)) {
            HttpReply reply = peer.exchange(peer.request("GET " + target));
            assertThat(reply.status()).isEqualTo(404);
            assertThat(reply.code()).isEqualTo("NOT_FOUND");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/dash/..%2f..%2fetc/passwd", "/dash/..%5cindex.html", "/dash/index.html%00"})
    void aPathThatHidesAnotherIsRefused(String target) throws IOException {
        try (RawPeer peer = RawPeer.connect(guarded)) {
            assertThat(peer.exchange(peer.request("GET " + target)).status()).isEqualTo(400);
        }
    }

    @Test
    void aQueryDoesNotMatter() throws Exception {
        assertThat(get(guarded, "/dash?from=mail").body()).isEqualTo(INDEX);
    }

    @Test
    void othersThanReadingMethodsAreRefused() throws Exception {
        HttpResponse<byte[]> response = send("POST", guarded, "/dash");
        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(header(response, "Allow")).isEqualTo("GET, HEAD, OPTIONS");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/js/app.js", "/telemetry/telemetry.js"})
    void anAnonymousServerServesThemUnderItsOwnNamesOnly(String path) throws IOException {
        try (RawPeer peer = RawPeer.connect(anonymous)) {
            HttpReply reply = peer.exchange("GET " + path + " HTTP/1.1\r\nHost: evil.example\r\n\r\n");
            assertThat(reply.status()).isEqualTo(403);
            assertThat(reply.body()).contains("does not answer under that Host");
        }
    }

    /** A module is asked for by CORS where it is of another origin. */
    @ParameterizedTest
    @CsvSource({"https://dash.example, 200", "https://other.example, 403", "null, 403"})
    void aPageOfAnotherOriginGetsTheClientIfItMayConnect(String origin, int status) throws IOException {
        try (RawPeer peer = RawPeer.connect(guarded)) {
            HttpReply reply = peer.exchange(peer.request("GET /telemetry/telemetry.js", "Origin: " + origin));
            assertThat(reply.status()).isEqualTo(status);
            assertThat(reply.header("Access-Control-Allow-Origin").orElse("none"))
                    .isEqualTo(status == 200 ? origin : "none");
        }
    }
}
