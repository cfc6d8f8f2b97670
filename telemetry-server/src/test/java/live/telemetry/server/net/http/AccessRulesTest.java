package live.telemetry.server.net.http;

import static live.telemetry.server.net.http.Heads.assertRefused;
import static live.telemetry.server.net.http.Heads.parse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.List;
import live.telemetry.core.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessRulesTest {

    private static final AccessRules SAME_ORIGIN = AccessRules.authenticated(List.of());
    private static final AccessRules LISTED =
            AccessRules.authenticated(List.of("https://dash.example.com", "http://localhost:5173"));
    private static final AccessRules ANY = AccessRules.authenticated(List.of(AccessRules.ANY_ORIGIN));
    private static final AccessRules ANONYMOUS = AccessRules.anonymous(List.of(), AccessRules.LOOPBACK_HOSTS);

    @Test
    void aRequestWithoutOriginPasses() {
        assertThat(SAME_ORIGIN.admit(request("api.example.com"), false)).isEqualTo(new Admission(null, false));
    }

    @ParameterizedTest
    @CsvSource({
        "localhost:8080,   http://localhost:8080",
        "localhost:8080,   https://LOCALHOST:8080",
        "a.example,        https://a.example",
        "a.example,        http://a.example",
        "a.example:443,    https://a.example",
        "a.example,        https://a.example:443",
        "[::1]:8080,       http://[::1]:8080"
    })
    void pagesOfTheServerItselfPass(String host, String origin) {
        Admission admission = SAME_ORIGIN.admit(request(host, "Origin: " + origin), false);
        assertThat(admission).isEqualTo(new Admission(origin, true));
    }

    @ParameterizedTest
    @CsvSource({
        "localhost:8080,   http://localhost:8081",
        "localhost:8080,   http://localhost",
        "localhost:8080,   http://127.0.0.1:8080",
        "a.example,        https://evil.example",
        "a.example,        https://a.example.evil.example",
        "a.example,        https://a.example:444",
        "a.example:80,     https://a.example",
        "a.example,        null",
        "a.example,        a.example",
        "a.example,        https://a.example/",
        "a.example,        https://a.example https://a.example",
        "a.example,        'https://a.example, https://a.example'",
        "localhost,        capacitor://localhost",
        "a.example,        ''"
    })
    void otherPagesDoNot(String host, String origin) {
        assertRefused(ErrorCode.FORBIDDEN, () -> SAME_ORIGIN.admit(request(host, "Origin: " + origin), false));
        assertRefused(ErrorCode.FORBIDDEN, () -> SAME_ORIGIN.admit(request(host, "Origin: " + origin), true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://dash.example.com", "https://dash.example.com:443", "http://localhost:5173"})
    void listedPagesPass(String origin) {
        Admission admission = LISTED.admit(request("api.example.com", "Origin: " + origin), false);
        assertThat(admission).isEqualTo(new Admission(origin, true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://dash.example.com", "https://dash.example.com:8443", "http://localhost", "null"})
    void aListedOriginIsSchemeHostAndPort(String origin) {
        assertRefused(ErrorCode.FORBIDDEN, () -> LISTED.admit(request("api.example.com", "Origin: " + origin), false));
    }

    @Test
    void twoOriginsAreNone() {
        RequestHead head = request("a", "Origin: http://a", "Origin: http://a");
        assertRefused(ErrorCode.FORBIDDEN, () -> ANY.admit(head, false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://evil.example", "null", "file://"})
    void theAsteriskLetsEveryPageAskButTrustsNoneWithACookie(String origin) {
        Admission admission = ANY.admit(request("api.example.com", "Origin: " + origin), false);
        assertThat(admission).isEqualTo(new Admission(origin, false));
    }

    @Test
    void cookiesCountIfTheBrowserSaysThatThePageIsOurs() {
        assertThat(cookiesCount("Sec-Fetch-Site: same-origin")).isTrue();
        assertThat(cookiesCount("Sec-Fetch-Site: same-site")).isFalse();
        assertThat(cookiesCount("Sec-Fetch-Site: cross-site")).isFalse();
        assertThat(cookiesCount("Sec-Fetch-Site: none")).isFalse();
        assertThat(cookiesCount("X: y")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST:8080", "127.0.0.1", "127.0.0.1:1", "[::1]:65535"})
    void anAnonymousServerAnswersUnderLoopbackNames(String host) {
        ANONYMOUS.admit(request(host), false);
    }

    /** DNS rebinding: Host and Origin agree, since the browser believes that the server belongs to the page. */
    @ParameterizedTest
    @ValueSource(
            strings = {"evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.nip.io", "127.0.0.2"})
    void anAnonymousServerDoesNotAnswerUnderOtherNames(String host) {
        RequestHead head = request(host, "Origin: http://" + host);
        assertRefused(ErrorCode.FORBIDDEN, () -> ANONYMOUS.admit(head, false));
        ANONYMOUS.admit(request(host), true);
        SAME_ORIGIN.admit(head, false);
    }

    @Test
    void anAnonymousServerWantsAHostButForHealth() {
        RequestHead head = parse("GET / HTTP/1.0");
        assertRefused(ErrorCode.FORBIDDEN, () -> ANONYMOUS.admit(head, false));
        ANONYMOUS.admit(head, true);
    }

    @Test
    void listedHostsReplaceTheLoopbackNames() {
        AccessRules rules = AccessRules.anonymous(List.of(), List.of("box.lan", "Other.lan:8080"));
        rules.admit(request("box.lan:1234"), false);
        rules.admit(request("other.lan:8080"), false);
        assertRefused(ErrorCode.FORBIDDEN, () -> rules.admit(request("other.lan"), false));
        assertRefused(ErrorCode.FORBIDDEN, () -> rules.admit(request("localhost"), false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "null", "dash.example.com", "https://dash.example.com/", "https://*.example.com", "://a"})
    void whatIsNoOriginCannotBeListed(String origin) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AccessRules.authenticated(List.of(origin)))
                .withMessageContaining("must look like https://");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "*", "http://a", "a/b", "::1"})
    void whatIsNoHostCannotBeListed(String host) {
        assertThatIllegalArgumentException().isThrownBy(() -> AccessRules.anonymous(List.of(), List.of(host)));
    }

    @Test
    void allowedPagesMayReadTheAnswer() {
        Admission admission = new Admission("https://dash.example.com", true);
        assertThat(text(CrossOrigin.expose(HttpAnswer.json(200, "{}"), admission)))
                .contains(
                        "\r\nAccess-Control-Allow-Origin: https://dash.example.com\r\n",
                        "\r\nVary: Origin\r\n",
                        "\r\nAccess-Control-Expose-Headers: Retry-After\r\n");
        assertThat(text(CrossOrigin.expose(HttpAnswer.json(200, "{}"), new Admission(null, false))))
                .doesNotContain("Access-Control", "Vary");
    }

    @Test
    void aPreflightSaysWhatIsAllowed() {
        Admission admission = new Admission("https://dash.example.com", true);
        assertThat(text(CrossOrigin.preflight(admission, HttpMethod.GET, HttpMethod.POST)))
                .startsWith("HTTP/1.1 204 No Content\r\n")
                .contains(
                        "\r\nAccess-Control-Allow-Origin: https://dash.example.com\r\n",
                        "\r\nAccess-Control-Allow-Methods: GET, POST, OPTIONS\r\n",
                        "\r\nAccess-Control-Allow-Headers: Authorization, Content-Type, Last-Event-ID\r\n",
                        "\r\nAllow: GET, POST, OPTIONS\r\n");
    }

    private static boolean cookiesCount(String line) {
        return SAME_ORIGIN.admit(request("a", line), false).cookiesCount();
    }

    private static RequestHead request(String host, String... lines) {
        String[] all = new String[lines.length + 1];
        all[0] = "Host: " + host;
        System.arraycopy(lines, 0, all, 1, lines.length);
        return parse("GET /telemetry HTTP/1.1", all);
    }

    private static String text(HttpAnswer answer) {
        return new String(answer.head(), StandardCharsets.UTF_8) + new String(answer.content(), StandardCharsets.UTF_8);
    }
}
