package live.telemetry.server.net.http;

import static live.telemetry.server.net.http.Heads.assertRefused;
import static live.telemetry.server.net.http.Heads.get;
import static live.telemetry.server.net.http.Heads.parse;
import static org.assertj.core.api.Assertions.assertThat;

import live.telemetry.core.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestHeadTest {

    @Test
    void aBrowsersRequestIsUnderstood() {
        RequestHead head = get(
                "/telemetry/events?topic=host.cpu&topic=app.%3E&since=last%3A100",
                "User-Agent: Mozilla/5.0 (X11; Linux x86_64)",
                "accept: text/event-stream",
                "ACCEPT:  text/html , */* ",
                "Empty:");
        assertThat(head.method()).isEqualTo(HttpMethod.GET);
        assertThat(head.path()).isEqualTo("/telemetry/events");
        assertThat(head.minorVersion()).isEqualTo(1);
        assertThat(head.query().all("topic")).containsExactly("host.cpu", "app.>");
        assertThat(head.query().first("since")).contains("last:100");
        assertThat(head.query().first("Topic")).isEmpty();
        assertThat(head.query().names()).containsExactly("topic", "since");
        assertThat(head.fields().all("Accept")).containsExactly("text/event-stream", "text/html , */*");
        assertThat(head.fields().first("aCCept")).contains("text/event-stream");
        assertThat(head.fields().list("Accept")).containsExactly("text/event-stream", "text/html", "*/*");
        assertThat(head.fields().first("Empty")).contains("");
        assertThat(head.host()).contains(new Authority("localhost", 8080));
        assertThat(head.contentLength()).isZero();
        assertThat(head.keepAlive()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "/?a=b+c,       b c",
        "/?a=%2B,       +",
        "/?a=b%20c,     b c",
        "/?a=%C3%A4,    ä",
        "/?a=b=c,       b=c",
        "/?a=b.>,       b.>",
        "/?a=b.*&,      b.*",
        "/?&&a=?/x,     ?/x",
        "/?%61=x,       x",
        "/?a,           ''",
        "/?a=,          ''"
    })
    void queriesAreDecoded(String target, String value) {
        assertThat(get(target).query().all("a")).containsExactly(value);
    }

    @ParameterizedTest
    @CsvSource({
        "/,                                     /",
        "/telemetry,                            /telemetry",
        "/telemetry/telemetry%2Ejs?v=1,         /telemetry/telemetry.js",
        "/a+b,                                  /a+b",
        "/a/../b,                               /a/../b",
        "//evil/telemetry,                      //evil/telemetry",
        "http://localhost:8080,                 /",
        "http://localhost:8080?a=b,             /",
        "HTTPS://LocalHost:8080/telemetry?a=b,  /telemetry"
    })
    void pathsAreDecodedAndNothingElse(String target, String path) {
        assertThat(get(target).path()).isEqualTo(path);
    }

    @Test
    void anAsteriskIsForOptionsOnly() {
        RequestHead head = parse("OPTIONS * HTTP/1.1", "Host: localhost");
        assertThat(head.path()).isEqualTo("*");
        assertThat(head.method()).isEqualTo(HttpMethod.OPTIONS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE", "PATCH", "TRACE", "get", "BREW"})
    void otherMethodsAreLeftToThePathWhichSaysWhatItAllows(String method) {
        RequestHead head = parse(method + " /telemetry/poll HTTP/1.1", "Host: localhost", "Content-Length: 7");
        assertThat(head.method()).isEqualTo(HttpMethod.OTHER);
        HttpException refusal =
                assertRefused(ErrorCode.METHOD_NOT_ALLOWED, () -> head.requireMethod(HttpMethod.GET, HttpMethod.POST));
        assertThat(refusal.headers()).containsExactly(new HeaderField("Allow", "GET, POST, OPTIONS"));
    }

    @Test
    void anAllowedMethodPasses() {
        get("/").requireMethod(HttpMethod.POST, HttpMethod.GET);
    }

    @ParameterizedTest
    @CsvSource({
        "1.1, X: y,                          true",
        "1.1, Connection: keep-alive,        true",
        "1.1, Connection: close,             false",
        "1.1, 'Connection: foo, CLOSE',      false",
        "1.0, X: y,                          false",
        "1.0, Connection: keep-alive,        false"
    })
    void onlyHttp11IsKeptAlive(String version, String line, boolean kept) {
        assertThat(parse("GET / HTTP/" + version, "Host: localhost", line).keepAlive())
                .isEqualTo(kept);
    }

    @Test
    void http10NeedsNoHost() {
        assertThat(parse("GET /telemetry/health HTTP/1.0").host()).isEmpty();
        assertThat(parse("GET http://a/ HTTP/1.0").host()).contains(new Authority("a", Authority.NO_PORT));
    }

    @Test
    void aPostTellsTheLengthOfItsBody() {
        RequestHead head = parse("POST / HTTP/1.1", "Host: localhost", "Content-Length:\t00123 ");
        assertThat(head.contentLength()).isEqualTo(123);
        assertThat(parse("POST / HTTP/1.1", "Host: localhost").contentLength()).isZero();
    }

    @Test
    void tokensAreNotShown() {
        RequestHead head = get("/telemetry?access_token=secret", "Authorization: Bearer secret");
        assertThat(head).hasToString("GET /telemetry");
    }

    @ParameterizedTest
    @CsvSource({
        "LocalHost,        localhost, -1",
        "localhost:,       localhost, -1",
        "my_box-1.lan:080, my_box-1.lan, 80",
        "127.0.0.1:65535,  127.0.0.1, 65535",
        "[::1],            [::1], -1",
        "[2001:DB8::1.2.3.4]:9, [2001:db8::1.2.3.4], 9"
    })
    void hostsAreNormalized(String text, String host, int port) {
        assertThat(parse("GET / HTTP/1.1", "Host: " + text).host()).contains(new Authority(host, port));
    }
}
