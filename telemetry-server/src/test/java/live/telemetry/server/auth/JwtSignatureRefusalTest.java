package live.telemetry.server.auth;

import static live.telemetry.server.auth.Refusals.PAYLOAD;
import static live.telemetry.server.auth.Refusals.builder;
import static live.telemetry.server.auth.Refusals.refuse;
import static live.telemetry.server.auth.Refusals.secret;
import static org.assertj.core.api.Assertions.assertThat;

import io.jsonwebtoken.Jwts;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.KeyPair;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import live.telemetry.core.Authenticator.Credentials;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens that nobody trustworthy has signed, or that are no tokens. */
class JwtSignatureRefusalTest {

    @ParameterizedTest
    @ValueSource(strings = {"none", "None", "NONE", "nOnE", ""})
    void unsignedTokens(String none) {
        String header = "{\"alg\":\"" + none + "\"}";
        refuse(secret(), JwtIssuer.assemble(header, PAYLOAD, new byte[0]));
        refuse(secret(), JwtIssuer.assemble(header, PAYLOAD, new byte[32]));
    }

    @Test
    void unsignedTokensOfTheLibraryItself() {
        String token = Jwts.builder()
                .subject("ann")
                .expiration(Date.from(JwtIssuer.EXPIRY))
                .compact();
        assertThat(refuse(secret(), token)).contains("signed");
    }

    @Test
    void tokensWithoutTheirSignature() {
        String token = JwtIssuer.standard().token();
        refuse(secret(), token.substring(0, token.lastIndexOf('.') + 1));
        refuse(secret(), token.substring(0, token.lastIndexOf('.')));
    }

    /** The public key is public: if its bytes served as a secret, anybody could sign. */
    @ParameterizedTest
    @MethodSource("publicKeys")
    void hmacWithTheBytesOfThePublicKey(KeyPair pair) {
        byte[] encoded = pair.getPublic().getEncoded();
        String pem = "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(encoded)
                + "\n-----END PUBLIC KEY-----\n";
        for (byte[] secret : List.of(encoded, pem.getBytes(StandardCharsets.UTF_8))) {
            String token = JwtIssuer.of("HS256", new SecretKeySpec(secret, "HmacSHA256"))
                    .token();
            assertThat(refuse(builder().publicKey(pair.getPublic()), token)).contains("algorithm");
        }
    }

    static Stream<KeyPair> publicKeys() {
        return Stream.of(KeyPairs.RSA, KeyPairs.P256);
    }

    @Test
    void algorithmsThatAreNotTheKeys() {
        JwtAuthenticatorBuilder keys = builder()
                .secret("hmac", JwtIssuer.SECRET)
                .secret("short", JwtIssuer.SECRET.substring(0, 32))
                .publicKey("rsa", KeyPairs.RSA.getPublic())
                .publicKey("p256", KeyPairs.P256.getPublic());
        Key secret = JwtIssuer.secretKey(JwtIssuer.SECRET);
        assertThat(refuse(keys, JwtIssuer.of("HS256", secret).kid("rsa").token()))
                .contains("algorithm");
        assertThat(refuse(keys, JwtIssuer.of("HS256", secret).kid("p256").token()))
                .contains("algorithm");
        assertThat(refuse(keys, JwtIssuer.of("HS512", secret).kid("short").token()))
                .contains("algorithm");
        assertThat(refuse(
                        keys,
                        JwtIssuer.of("RS256", KeyPairs.RSA.getPrivate())
                                .kid("hmac")
                                .token()))
                .contains("algorithm");
        assertThat(refuse(
                        keys,
                        JwtIssuer.of("ES384", KeyPairs.P384.getPrivate())
                                .kid("p256")
                                .token()))
                .contains("algorithm");
    }

    @Test
    void algorithmsThatWereNarrowedAway() {
        JwtAuthenticatorBuilder narrow =
                builder().publicKey(KeyPairs.RSA.getPublic()).algorithms("PS256");
        assertThat(refuse(
                        narrow, JwtIssuer.of("RS256", KeyPairs.RSA.getPrivate()).token()))
                .contains("algorithm");
    }

    @Test
    void wrongKeys() {
        String forged = JwtIssuer.of("HS256", JwtIssuer.secretKey(JwtIssuer.SECRET.toUpperCase(Locale.ROOT)))
                .token();
        assertThat(refuse(secret(), forged)).contains("signature");
        JwtAuthenticatorBuilder rsa = builder().publicKey(KeyPairs.RSA.getPublic());
        assertThat(refuse(
                        rsa,
                        JwtIssuer.of("RS256", KeyPairs.OTHER_RSA.getPrivate()).token()))
                .contains("signature");
    }

    /** CVE-2022-21449: a signature of zeros once fitted every key. */
    @Test
    void ellipticSignatureOfZeros() {
        String token = JwtIssuer.assemble("{\"alg\":\"ES256\"}", PAYLOAD, new byte[64]);
        assertThat(refuse(builder().publicKey(KeyPairs.P256.getPublic()), token))
                .contains("signature");
    }

    @Test
    void changedPayload() {
        String[] parts = JwtIssuer.standard().token().split("\\.");
        String changed = JwtIssuer.base64(PAYLOAD.replace("ann", "bob").getBytes(StandardCharsets.UTF_8));
        assertThat(refuse(secret(), parts[0] + "." + changed + "." + parts[2])).contains("signature");
    }

    @Test
    void encryptedTokens() {
        SecretKey key = Jwts.ENC.A256GCM.key().build();
        String token =
                Jwts.builder().subject("ann").encryptWith(key, Jwts.ENC.A256GCM).compact();
        refuse(secret(), token);
    }

    @Test
    void unknownAndMissingKeyNames() {
        JwtAuthenticatorBuilder named = builder().secret("one", JwtIssuer.SECRET);
        assertThat(refuse(named, JwtIssuer.standard().kid("two").token())).contains("not known");
        assertThat(refuse(named, JwtIssuer.standard().token())).contains("names no key");
        // A default key beside named ones is no way around the names.
        JwtAuthenticatorBuilder both = named.secret(JwtIssuer.SECRET);
        assertThat(refuse(both, JwtIssuer.standard().kid("two").token())).contains("not known");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ".",
                "..",
                "...",
                "....",
                "a.b.c",
                "Bearer x",
                "e30.e30.",
                "e30.e30.e30",
                "\u0000",
                "ÿ.ÿ.ÿ",
                "{}"
            })
    void garbage(String token) {
        refuse(secret(), token);
    }

    @Test
    void deeplyNestedHeaders() {
        String nested = "{\"alg\":" + "[".repeat(2500) + "]".repeat(2500) + "}";
        refuse(secret(), JwtIssuer.assemble(nested, "{}", new byte[32]));
    }

    @Test
    void oversizedTokensBeforeAnythingIsDecoded() {
        String token = JwtIssuer.standard().token(Map.of("padding", "x".repeat(8192)));
        assertThat(refuse(secret(), token)).contains("8192 characters");
        String small = JwtIssuer.standard().token();
        assertThat(refuse(secret().maxTokenLength(small.length() - 1), small)).contains("longer than");
        secret().maxTokenLength(small.length()).build().authenticate(new Credentials(small));
    }
}
