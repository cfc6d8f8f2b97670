package live.telemetry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Keys;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets in, with which token, from where; and that nobody else does. */
class HandshakeIT {

    private static final String PAGE = "https://dash.example";

    private static TelemetryServer server;
    private static TelemetryServer lenient;

    @BeforeAll
    static void start() {
        server = TelemetryServer.builder()
                .port(0)
                .authenticator(Tokens.authenticator())
                .allowedOrigins(PAGE)
                .build()
                .start();
        lenient = TelemetryServer.builder()
                .port(0)
                .authenticator(Tokens.authenticator())
                .allowedOrigins(PAGE)
                .acceptTokenInQuery()
                .acceptTokenInCookie("session")
                .build()
                .start();
    }

    @AfterAll
    static void stop() {
        server.close();
        lenient.close();
    }

    private static HttpReply ask(TelemetryServer asked, String target, String... headers) throws IOException {
        try (RawPeer peer = RawPeer.connect(asked)) {
            HttpReply reply = peer.exchange(peer.upgradeRequestTo(target, headers));
            if (reply.status() == 101) {
                peer.expect("welcome");
            } else {
                peer.expectEnd();
            }
            return reply;
        }
    }

    private static void expectRefusal(HttpReply reply, int status, String code) {
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.json().get("type").getAsString()).isEqualTo("error");
        assertThat(reply.code()).isEqualTo(code);
        assertThat(reply.json().get("message").getAsString()).isNotBlank();
        assertThat(reply.json().get("retryable").getAsBoolean()).isFalse();
        assertThat(reply.header("Content-Type")).contains("application/json");
        assertThat(reply.header("Connection")).contains("close");
        assertThat(reply.header("Sec-WebSocket-Accept")).isEmpty();
    }

    // ---- where a token may stand

    @Test
    void tokenInAuthorization() throws IOException {
        HttpReply reply = ask(server, "/telemetry", "Authorization: Bearer " + Tokens.valid());
        assertThat(reply.status()).isEqualTo(101);
        // The example of RFC 6455 §1.3.
        assertThat(reply.header("Sec-WebSocket-Accept")).contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assertThat(reply.header("Sec-WebSocket-Protocol")).isEmpty();
        assertThat(reply.header("Sec-WebSocket-Extensions")).isEmpty();
    }

    @Test
    void tokenOfAPublicKey() throws IOException {
        String token = Tokens.claims().signWith(Tokens.RSA.getPrivate()).compact();
        assertThat(ask(server, "/telemetry", "Authorization: bearer " + token).status())
                .isEqualTo(101);
    }

    @Test
    void tokenInASubprotocolIsNotEchoed() throws IOException {
        HttpReply reply = ask(server, "/telemetry", "Sec-WebSocket-Protocol: telemetry.v1, bearer." + Tokens.valid());
        assertThat(reply.status()).isEqualTo(101);
        assertThat(reply.header("Sec-WebSocket-Protocol")).contains("telemetry.v1");
    }

    @Test
    void subprotocolsInSeveralLines() throws IOException {
        HttpReply reply = ask(
                server,
                "/telemetry",
                "Sec-WebSocket-Protocol: bearer." + Tokens.valid(),
                "Sec-WebSocket-Protocol: telemetry.v1");
        assertThat(reply.status()).isEqualTo(101);
        assertThat(reply.header("Sec-WebSocket-Protocol")).contains("telemetry.v1");
    }

    @Test
    void offeredSubprotocolsWithoutOursAreRefused() throws IOException {
        HttpReply reply = ask(
                server,
                "/telemetry",
                "Authorization: Bearer " + Tokens.valid(),
                "Sec-WebSocket-Protocol: bearer." + Tokens.valid() + ", mqtt");
        expectRefusal(reply, 400, "BAD_REQUEST");
    }

    @Test
    void queryOnlyWhereEnabled() throws IOException {
        String target = "/telemetry?access_token=" + Tokens.valid();
        assertThat(ask(lenient, target).status()).isEqualTo(101);
        expectRefusal(ask(server, target), 401, "UNAUTHENTICATED");
    }

    @Test
    void cookieOnlyWhereEnabledAndFromATrustedPage() throws IOException {
        String cookie = "Cookie: theme=dark; session=" + Tokens.valid();
        String samePage = "Sec-Fetch-Site: same-origin";
        assertThat(ask(lenient, "/telemetry", cookie, samePage).status()).isEqualTo(101);
        assertThat(ask(lenient, "/telemetry", cookie, "Origin: " + PAGE).status())
                .isEqualTo(101);
        expectRefusal(ask(lenient, "/telemetry", cookie), 401, "UNAUTHENTICATED");
        expectRefusal(ask(lenient, "/telemetry", cookie, "Sec-Fetch-Site: cross-site"), 401, "UNAUTHENTICATED");
        expectRefusal(ask(server, "/telemetry", cookie, samePage), 401, "UNAUTHENTICATED");
    }

    @Test
    void firstSourceCountsEvenIfAnotherIsBetter() throws IOException {
        HttpReply reply =
                ask(lenient, "/telemetry?access_token=" + Tokens.valid(), "Authorization: Bearer not.a.token");
        expectRefusal(reply, 401, "UNAUTHENTICATED");
    }

    // ---- which tokens are none

    @ParameterizedTest(name = "{0}")
    @MethodSource("badTokens")
    void badTokenIsRefusedBeforeTheUpgrade(String what, String token) throws IOException {
        HttpReply reply = ask(server, "/telemetry", "Authorization: Bearer " + token);
        expectRefusal(reply, 401, "UNAUTHENTICATED");
        assertThat(reply.header("WWW-Authenticate")).contains("Bearer");
        assertThat(reply.body()).doesNotContain(token.substring(token.length() / 2));
        assertThat(server.stats().sessions()).isZero();
    }

    static Stream<Arguments> badTokens() {
        String payload =
                "{\"sub\":\"ann\",\"exp\":4000000000,\"iss\":\"https://issuer.example\",\"aud\":\"telemetry\"}";
        String valid = Tokens.valid();
        int inSignature = valid.length() - 10;
        char other = valid.charAt(inSignature) == 'A' ? 'B' : 'A';
        String tampered = valid.substring(0, inSignature) + other + valid.substring(inSignature + 1);
        return Stream.of(
                arguments("garbage", "garbage"),
                arguments("two parts", valid.substring(0, valid.lastIndexOf('.'))),
                arguments("alg none", Tokens.unsigned("{\"alg\":\"none\"}", payload)),
                arguments("alg none with kid", Tokens.unsigned("{\"alg\":\"none\",\"kid\":\"hmac\"}", payload)),
                arguments("tampered signature", tampered),
                arguments(
                        "wrong key",
                        Tokens.claims()
                                .header()
                                .keyId("hmac")
                                .and()
                                .signWith(Tokens.key("another secret of more than thirty-two bytes"))
                                .compact()),
                arguments(
                        "public key as secret",
                        Tokens.claims()
                                .signWith(Keys.hmacShaKeyFor(
                                        Tokens.RSA.getPublic().getEncoded()))
                                .compact()),
                arguments(
                        "RSA under the name of the secret",
                        Tokens.claims()
                                .header()
                                .keyId("hmac")
                                .and()
                                .signWith(Tokens.RSA.getPrivate())
                                .compact()),
                arguments("unknown kid", Tokens.signAs("other", Tokens.claims())),
                arguments("expired", Tokens.sign(Tokens.claims().expiration(Tokens.in(-10)))),
                arguments("not yet valid", Tokens.sign(Tokens.claims().notBefore(Tokens.in(30)))),
                arguments("no exp", Tokens.sign(Tokens.claims().expiration(null))),
                arguments("no sub", Tokens.sign(Tokens.claims().subject(null))),
                arguments("wrong issuer", Tokens.sign(Tokens.claims().issuer("https://evil.example"))),
                arguments("no issuer", Tokens.sign(Tokens.claims().issuer(null))),
                arguments(
                        "wrong audience",
                        Tokens.sign(Jwts.builder()
                                .subject("ann")
                                .issuer("https://issuer.example")
                                .audience()
                                .add("billing")
                                .and()
                                .expiration(Tokens.in(60)))),
                arguments("oversized", Tokens.sign(Tokens.claims().claim("padding", "x".repeat(10_000)))),
                arguments("bad rights", Tokens.valid(Map.of("subscribe", "not a list"))));
    }

    @Test
    void noTokenIsRefused() throws IOException {
        for (String[] headers : new String[][] {
            {},
            {"Authorization: Basic YW5uOnNlY3JldA=="},
            {"Authorization: Bearer"},
            {"Authorization: Bearer "},
            {"Sec-WebSocket-Protocol: telemetry.v1"},
            {"Sec-WebSocket-Protocol: telemetry.v1, bearer."},
        }) {
            HttpReply reply = ask(server, "/telemetry", headers);
            expectRefusal(reply, 401, "UNAUTHENTICATED");
            assertThat(reply.header("WWW-Authenticate")).contains("Bearer");
        }
    }

    @Test
    void refusedTokensAreCounted() throws IOException {
        long before = server.stats().refusedTokens();
        ask(server, "/telemetry", "Authorization: Bearer garbage");
        assertThat(server.stats().refusedTokens()).isEqualTo(before + 1);
    }

    // ---- from where

    @Test
    void foreignPageIsForbidden() throws IOException {
        for (String origin : new String[] {"https://evil.example", "null", "https://dash.example.evil.example"}) {
            HttpReply reply = ask(server, "/telemetry", "Authorization: Bearer " + Tokens.valid(), "Origin: " + origin);
            expectRefusal(reply, 403, "FORBIDDEN");
            assertThat(reply.header("Access-Control-Allow-Origin")).isEmpty();
        }
    }

    @Test
    void allowedPageMayReadEvenRefusals() throws IOException {
        HttpReply reply = ask(server, "/telemetry", "Origin: " + PAGE);
        expectRefusal(reply, 401, "UNAUTHENTICATED");
        assertThat(reply.header("Access-Control-Allow-Origin")).contains(PAGE);
        assertThat(reply.header("Vary")).contains("Origin");
        assertThat(reply.header("Access-Control-Expose-Headers")).contains("Retry-After");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/telemetry", "/telemetry/health"})
    void preflight(String target) throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            HttpReply reply = peer.exchange(peer.request(
                    "OPTIONS " + target,
                    "Origin: " + PAGE,
                    "Access-Control-Request-Method: GET",
                    "Access-Control-Request-Headers: authorization"));
            assertThat(reply.status()).isEqualTo(204);
            assertThat(reply.body()).isEmpty();
            assertThat(reply.header("Content-Length")).isEmpty();
            assertThat(reply.header("Access-Control-Allow-Origin")).contains(PAGE);
            assertThat(reply.header("Access-Control-Allow-Headers"))
                    .contains("Authorization, Content-Type, Last-Event-ID");
            assertThat(reply.header("Access-Control-Allow-Methods").orElse("")).contains("GET");
        }
    }

    @Test
    void preflightOfAForeignPageIsForbidden() throws IOException {
        try (RawPeer peer = RawPeer.connect(server)) {
            HttpReply reply = peer.exchange(peer.request("OPTIONS /telemetry", "Origin: https://evil.example"));
            expectRefusal(reply, 403, "FORBIDDEN");
        }
    }

    @Test
    void anonymousServerAnswersOnlyUnderItsNames() throws IOException {
        try (TelemetryServer open = TelemetryServer.builder()
                .port(0)
                .allowAnonymous()
                .allowedHosts("box.lan")
                .build()
                .start()) {
            for (String host : new String[] {"evil.example", "evil.example:" + open.port(), "10.0.0.1"}) {
                expectRefusal(askAs(open, host, "/telemetry"), 403, "FORBIDDEN");
                assertThat(askAs(open, host, "/telemetry/health").status()).isEqualTo(200);
            }
            for (String host :
                    new String[] {"localhost", "127.0.0.1:1", "[::1]:" + open.port(), "box.lan", "BOX.lan"}) {
                assertThat(askAs(open, host, "/telemetry").status()).as(host).isEqualTo(101);
            }
        }
    }

    private static HttpReply askAs(TelemetryServer asked, String host, String target) throws IOException {
        try (RawPeer peer = RawPeer.connect(asked)) {
            String request = target.endsWith("health") ? peer.request("GET " + target) : peer.upgradeRequestTo(target);
            return peer.exchange(request.replaceFirst("Host: [^\r]*", "Host: " + host));
        }
    }
}
