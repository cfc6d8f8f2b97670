package live.telemetry.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import live.telemetry.core.Authenticator.Credentials;
import live.telemetry.core.Identity;
import live.telemetry.core.Rights;
import live.telemetry.core.TopicPattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JwtAcceptanceTest {

    @Test
    void subjectAndExpiryWithTheSkewAsLeewayMakeTheIdentity() {
        Identity identity =
                accept(builder().secret(JwtIssuer.SECRET), JwtIssuer.standard().token());
        assertThat(identity).isEqualTo(new Identity("ann", Rights.READ_ALL, JwtIssuer.EXPIRY, Duration.ofSeconds(5)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"HS256", "HS384", "HS512"})
    void secretsVerifyEveryHashThatTheyAreLongEnoughFor(String algorithm) {
        String token =
                JwtIssuer.of(algorithm, JwtIssuer.secretKey(JwtIssuer.SECRET)).token();
        accept(builder().secret(JwtIssuer.SECRET), token);
        accept(builder().secret(JwtIssuer.SECRET.getBytes(StandardCharsets.UTF_8)), token);
    }

    @ParameterizedTest
    @MethodSource("publicKeys")
    void publicKeysVerifyTheAlgorithmsOfTheirKind(String algorithm, KeyPair pair) {
        String token = JwtIssuer.of(algorithm, pair.getPrivate()).token();
        accept(builder().publicKey(pair.getPublic()), token);
    }

    static Stream<Arguments> publicKeys() {
        KeyPair pss = KeyPairs.rsa("RSASSA-PSS", 2048);
        return Stream.of(
                arguments("RS256", KeyPairs.RSA),
                arguments("RS384", KeyPairs.RSA),
                arguments("RS512", KeyPairs.RSA),
                arguments("PS256", KeyPairs.RSA),
                arguments("PS384", KeyPairs.RSA),
                arguments("PS512", KeyPairs.RSA),
                arguments("PS256", pss),
                arguments("ES256", KeyPairs.P256),
                arguments("ES384", KeyPairs.P384),
                arguments("ES512", KeyPairs.P521));
    }

    @Test
    void kidChoosesTheKey() {
        JwtAuthenticatorBuilder keys = builder()
                .secret(JwtIssuer.SECRET)
                .secret("old", "the old secret, thirty-two bytes or more")
                .publicKey("new", KeyPairs.P256.getPublic());
        accept(keys, JwtIssuer.standard().token());
        accept(
                keys,
                JwtIssuer.of("HS256", JwtIssuer.secretKey("the old secret, thirty-two bytes or more"))
                        .kid("old")
                        .token());
        accept(
                keys,
                JwtIssuer.of("ES256", KeyPairs.P256.getPrivate()).kid("new").token());
    }

    @Test
    void theOnlyKeyWithoutNameServesTokensThatNameOne() {
        accept(
                builder().secret(JwtIssuer.SECRET),
                JwtIssuer.standard().kid("any").token());
    }

    @Test
    void rightsComeFromTheTelemetryClaim() {
        Map<String, ?> claims = Map.of(
                "telemetry", Map.of("subscribe", List.of("host.>", "app.*.load"), "publish", List.of("app.orders")));
        assertThat(rights(claims))
                .isEqualTo(new Rights(
                        List.of(TopicPattern.of("host.>"), TopicPattern.of("app.*.load")),
                        List.of(TopicPattern.of("app.orders"))));
    }

    @Test
    void absentSubscribeIsEverythingAndAbsentPublishNothing() {
        assertThat(rights(Map.of("telemetry", Map.of()))).isEqualTo(Rights.READ_ALL);
        assertThat(rights(Map.of("telemetry", Map.of("publish", List.of(">"))))).isEqualTo(Rights.ALL);
        assertThat(rights(Map.of("telemetry", Map.of("subscribe", List.of()))).subscribe())
                .isEmpty();
    }

    @Test
    void requiredIssuerAudienceAndSubscribeClaimAreAcceptedWhenTheyAreThere() {
        JwtAuthenticatorBuilder strict = builder()
                .secret(JwtIssuer.SECRET)
                .requireIssuer("https://issuer.example")
                .requireAudience("telemetry")
                .requireSubscribeClaim();
        Map<String, ?> telemetry = Map.of("subscribe", List.of("a"));
        for (Object audience : List.of("telemetry", List.of("other", "telemetry"))) {
            Map<String, ?> claims = Map.of("iss", "https://issuer.example", "aud", audience, "telemetry", telemetry);
            accept(strict, JwtIssuer.standard().token(claims));
        }
    }

    @Test
    void clocksMayDifferByTheSkew() {
        String token = JwtIssuer.standard().token(Map.of("nbf", JwtIssuer.NOW.getEpochSecond()));
        Duration skew = Duration.ofMillis(1500);
        for (Instant now :
                List.of(JwtIssuer.NOW.minus(skew), JwtIssuer.EXPIRY.plus(skew).minusMillis(1))) {
            accept(builder().secret(JwtIssuer.SECRET).clockSkew(skew).clock(InstantSource.fixed(now)), token);
        }
    }

    @Test
    void algorithmsCanBeNarrowed() {
        JwtAuthenticatorBuilder narrow =
                builder().publicKey(KeyPairs.RSA.getPublic()).algorithms("PS256", "HS256");
        accept(narrow, JwtIssuer.of("PS256", KeyPairs.RSA.getPrivate()).token());
    }

    private static Rights rights(Map<String, ?> claims) {
        return accept(builder().secret(JwtIssuer.SECRET), JwtIssuer.standard().token(claims))
                .rights();
    }

    private static Identity accept(JwtAuthenticatorBuilder settings, String token) {
        Identity identity = settings.build().authenticate(new Credentials(token));
        assertThat(identity.subject()).isEqualTo("ann");
        return identity;
    }

    private static JwtAuthenticatorBuilder builder() {
        return JwtAuthenticator.builder().clock(InstantSource.fixed(JwtIssuer.NOW));
    }
}
