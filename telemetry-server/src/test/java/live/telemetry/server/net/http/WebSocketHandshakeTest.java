package live.telemetry.server.net.http;

import static live.telemetry.server.net.http.Heads.assertRefused;
import static live.telemetry.server.net.http.Heads.parse;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import live.telemetry.core.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebSocketHandshakeTest {

    private static final String LINE = "GET /telemetry HTTP/1.1";
    private static final String UPGRADE = "Upgrade: websocket";
    private static final String CONNECTION = "Connection: Upgrade";
    private static final String VERSION = "Sec-WebSocket-Version: 13";
    private static final String KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";

    @Test
    void theExampleOfRfc6455() {
        WebSocketHandshake handshake = offering("Sec-WebSocket-Protocol: telemetry.v1");
        assertThat(handshake.accept()).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assertThat(text(handshake)).isEqualTo("""
                        HTTP/1.1 101 Switching Protocols\r
                        Upgrade: websocket\r
                        Connection: Upgrade\r
                        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
                        Sec-WebSocket-Protocol: telemetry.v1\r
                        \r
                        """);
    }

    @Test
    void withoutAnOfferTheAnswerNamesNoProtocol() {
        WebSocketHandshake handshake = offering();
        assertThat(text(handshake)).doesNotContain("Protocol:").endsWith("\r\n\r\n");
        assertThat(text(offering("Sec-WebSocket-Protocol: ,"))).doesNotContain("Protocol:");
    }

    @Test
    void extensionsAreNotAgreedTo() {
        assertThat(text(offering("Sec-WebSocket-Extensions: permessage-deflate")))
                .doesNotContain("Extensions");
    }

    @Test
    void offersMayComeOnSeveralLinesWithATokenAmongThem() {
        WebSocketHandshake oneLine = offering("Sec-WebSocket-Protocol: bearer.a.b-c_d,telemetry.v1");
        WebSocketHandshake twoLines =
                offering("Sec-WebSocket-Protocol: telemetry.v1", "sec-websocket-protocol: other, bearer.a.b-c_d");
        for (WebSocketHandshake handshake : List.of(oneLine, twoLines)) {
            assertThat(text(handshake)).contains("\r\nSec-WebSocket-Protocol: telemetry.v1\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "telemetry.v2",
                "bearer.abc",
                "Telemetry.v1",
                "a, b",
                "telemetry.v1 x",
                "telemetry.v1, a/b",
                "\"telemetry.v1\""
            })
    void offersWithoutThisProtocolOrThatAreNoTokens(String offers) {
        assertRefused(ErrorCode.BAD_REQUEST, () -> offering("Sec-WebSocket-Protocol: " + offers));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Upgrade: WebSocket", "Upgrade: foo/1, WEBSOCKET", "Upgrade: foo\r\nUpgrade: websocket"})
    void upgradeIsAListWithoutCase(String upgrade) {
        accept(upgrade, CONNECTION, VERSION, KEY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Connection: upgrade", "Connection: keep-alive, Upgrade", "Connection: x\r\nConnection: UPGRADE"
            })
    void connectionIsAListWithoutCase(String connection) {
        accept(UPGRADE, connection, VERSION, KEY);
    }

    @Test
    void whatIsNoUpgradeIsToldToUpgrade() {
        List<String[]> requests = List.of(
                new String[] {},
                new String[] {VERSION, KEY},
                new String[] {CONNECTION, VERSION, KEY},
                new String[] {"Upgrade: h2c", CONNECTION, VERSION, KEY},
                new String[] {"Upgrade: websockets", CONNECTION, VERSION, KEY},
                new String[] {UPGRADE, VERSION, KEY},
                new String[] {UPGRADE, "Connection: keep-alive", VERSION, KEY});
        for (String[] lines : requests) {
            assertRefused(ErrorCode.UPGRADE_REQUIRED, () -> accept(lines));
        }
        assertRefused(
                ErrorCode.UPGRADE_REQUIRED,
                () -> WebSocketHandshake.of(
                        parse("GET /telemetry HTTP/1.0", "Host: localhost", UPGRADE, CONNECTION, VERSION, KEY)));
    }

    @Test
    void otherVersionsAreToldTheRightOne() {
        for (String version : List.of("X: y", "Sec-WebSocket-Version: 8", "Sec-WebSocket-Version: 13, 8")) {
            HttpException refusal =
                    assertRefused(ErrorCode.UPGRADE_REQUIRED, () -> accept(UPGRADE, CONNECTION, version, KEY));
            assertThat(HttpAnswer.error(refusal).head()).asString().contains("\r\nSec-WebSocket-Version: 13\r\n");
        }
        assertRefused(ErrorCode.BAD_REQUEST, () -> accept(UPGRADE, CONNECTION, VERSION, VERSION, KEY));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X: y",
                "Sec-WebSocket-Key:",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZTEy",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j!Q==",
                "Sec-WebSocket-Key: c2hvcnQ=",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
            })
    void theKeyIsSixteenBytesAndThereIsOne(String key) {
        assertRefused(ErrorCode.BAD_REQUEST, () -> accept(UPGRADE, CONNECTION, VERSION, key));
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "HEAD", "PUT"})
    void otherMethodsAreNotAllowed(String method) {
        RequestHead head = parse(method + " /telemetry HTTP/1.1", "Host: localhost", UPGRADE, CONNECTION, VERSION, KEY);
        HttpException refusal = assertRefused(ErrorCode.METHOD_NOT_ALLOWED, () -> WebSocketHandshake.of(head));
        assertThat(refusal.headers()).containsExactly(new HeaderField("Allow", "GET, OPTIONS"));
    }

    private static WebSocketHandshake offering(String... lines) {
        List<String> all = new ArrayList<>(List.of(UPGRADE, CONNECTION, VERSION, KEY));
        all.addAll(List.of(lines));
        return accept(all.toArray(String[]::new));
    }

    private static WebSocketHandshake accept(String... lines) {
        List<String> all = new ArrayList<>(List.of("Host: localhost"));
        all.addAll(List.of(lines));
        return WebSocketHandshake.of(parse(LINE, all.toArray(String[]::new)));
    }

    private static String text(WebSocketHandshake handshake) {
        return new String(handshake.answer(), StandardCharsets.ISO_8859_1);
    }
}
