package live.telemetry.server.auth;

import static live.telemetry.server.auth.Refusals.PAYLOAD;
import static live.telemetry.server.auth.Refusals.refuse;
import static live.telemetry.server.auth.Refusals.secret;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.jsonwebtoken.Jwts;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens whose signature is good, but not what they claim. */
class JwtClaimRefusalTest {

    @Test
    void expired() {
        String token = JwtIssuer.standard().token();
        for (Instant now : List.of(
                JwtIssuer.EXPIRY.plusSeconds(5), JwtIssuer.EXPIRY.plusSeconds(7), JwtIssuer.EXPIRY.plusSeconds(9999))) {
            assertThat(refuse(secret().clock(InstantSource.fixed(now)), token)).contains("expired");
        }
        Instant now = JwtIssuer.EXPIRY;
        assertThat(refuse(secret().clockSkew(Duration.ZERO).clock(InstantSource.fixed(now)), token))
                .contains("expired");
    }

    @Test
    void notYetValid() {
        for (int early : List.of(6, 7, 3600)) {
            long notBefore = JwtIssuer.NOW.plusSeconds(early).getEpochSecond();
            assertThat(refuse(secret(), JwtIssuer.standard().token(Map.of("nbf", notBefore))))
                    .contains("not valid yet");
        }
    }

    @Test
    void missingSubjectOrExpiry() {
        long exp = JwtIssuer.EXPIRY.getEpochSecond();
        JwtIssuer issuer = JwtIssuer.standard();
        assertThat(refuse(secret(), issuer.bare(Map.of("sub", "ann")))).contains("\"exp\"");
        assertThat(refuse(secret(), issuer.bare(Map.of("exp", exp)))).contains("\"sub\"");
        assertThat(refuse(secret(), issuer.bare(Map.of("exp", exp, "sub", " "))))
                .contains("\"sub\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"sub\":\"ann\",\"exp\":\"tomorrow\"}",
                "{\"sub\":\"ann\",\"exp\":1e300}",
                "{\"sub\":\"ann\",\"exp\":-1}",
                "{\"sub\":\"ann\",\"exp\":NaN}",
                "{\"sub\":\"ann\",\"exp\":{}}",
                "{\"sub\":\"ann\",\"exp\":null}",
                "{\"sub\":{},\"exp\":99999999999}",
                "{\"sub\":null,\"exp\":99999999999}",
                "{\"sub\":\"ann\",\"exp\":99999999999,\"nbf\":\"soon\"}",
                "[]",
                "null",
                "not json",
                ""
            })
    void signedPayloadsThatAreNoClaims(String payload) {
        refuse(secret(), signRaw(payload));
    }

    @Test
    void issuerAndAudience() {
        JwtIssuer issuer = JwtIssuer.standard();
        JwtAuthenticatorBuilder iss = secret().requireIssuer("https://issuer.example");
        assertThat(refuse(iss, issuer.token())).contains("\"iss\"");
        assertThat(refuse(iss, issuer.token(Map.of("iss", "https://evil.example"))))
                .contains("issuer");
        JwtAuthenticatorBuilder aud = secret().requireAudience("telemetry");
        assertThat(refuse(aud, issuer.token())).contains("\"aud\"");
        assertThat(refuse(aud, issuer.token(Map.of("aud", List.of("a", "b"))))).contains("audience");
    }

    @ParameterizedTest
    @MethodSource("malformedClaims")
    void malformedTelemetryClaims(String telemetry, String complaint) {
        String payload = PAYLOAD.replace("}", ",\"telemetry\":" + telemetry + "}");
        assertThat(refuse(secret(), signRaw(payload))).contains(complaint);
    }

    static Stream<Arguments> malformedClaims() {
        return Stream.of(
                arguments("\"all\"", "must be an object"),
                arguments("[]", "must be an object"),
                arguments("true", "must be an object"),
                arguments("{\"subscribe\":\">\"}", "telemetry.subscribe"),
                arguments("{\"subscribe\":null}", "telemetry.subscribe"),
                arguments("{\"subscribe\":{}}", "telemetry.subscribe"),
                arguments("{\"subscribe\":[1]}", "telemetry.subscribe"),
                arguments("{\"subscribe\":[\"a\",null]}", "telemetry.subscribe"),
                arguments("{\"subscribe\":[\"a..b\"]}", "telemetry.subscribe"),
                arguments("{\"subscribe\":[\"\"]}", "telemetry.subscribe"),
                arguments("{\"publish\":true}", "telemetry.publish"),
                arguments("{\"publish\":[\">.a\"]}", "telemetry.publish"));
    }

    @Test
    void absentSubscribeClaimWhereItIsRequired() {
        JwtIssuer issuer = JwtIssuer.standard();
        JwtAuthenticatorBuilder strict = secret().requireSubscribeClaim();
        assertThat(refuse(strict, issuer.token())).contains("telemetry.subscribe");
        Map<String, Object> claims = new HashMap<>();
        claims.put("telemetry", Map.of("publish", List.of("a")));
        assertThat(refuse(strict, issuer.token(claims))).contains("telemetry.subscribe");
    }

    /** Signed with the right key, but not made of claims that the library would write. */
    private static String signRaw(String payload) {
        if (payload.isEmpty()) {
            return JwtIssuer.assemble("{\"alg\":\"HS256\"}", payload, new byte[32]);
        }
        return Jwts.builder()
                .content(payload.getBytes(StandardCharsets.UTF_8))
                .signWith((SecretKey) JwtIssuer.secretKey(JwtIssuer.SECRET), Jwts.SIG.HS256)
                .compact();
    }
}
