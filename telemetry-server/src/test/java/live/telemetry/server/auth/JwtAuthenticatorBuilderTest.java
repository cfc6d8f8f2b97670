package live.telemetry.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class JwtAuthenticatorBuilderTest {

    private final JwtAuthenticatorBuilder builder = JwtAuthenticator.builder();

    @Test
    void shortSecretsAreRefusedAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.secret("too short"))
                .withMessageContaining("at least 32 bytes")
                .withMessageContaining("it has 9")
                .withMessageNotContaining("too short");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.secret("kid", new byte[31]));
    }

    @Test
    void weakOrForeignPublicKeysAreRefusedAtOnce() throws Exception {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.publicKey(KeyPairs.rsa("RSA", 1024).getPublic()))
                .withMessageContaining("2048");
        PublicKey edwards =
                KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.publicKey(edwards))
                .withMessageContaining("RSA or EC");
    }

    @Test
    void atLeastOneKeyAndNoTwoOfOneName() {
        assertThatIllegalStateException().isThrownBy(builder::build).withMessageContaining("no key");
        builder.secret("a", new byte[32]).publicKey("a", KeyPairs.P256.getPublic());
        assertThatIllegalStateException().isThrownBy(builder::build).withMessageContaining("two keys \"a\"");
        JwtAuthenticatorBuilder unnamed =
                JwtAuthenticator.builder().secret(new byte[32]).secret(new byte[64]);
        assertThatIllegalStateException().isThrownBy(unnamed::build).withMessageContaining("two keys without kid");
    }

    @Test
    void aKeyThatVerifiesNoneOfTheAlgorithmsIsAMistake() {
        builder.publicKey(KeyPairs.P256.getPublic()).algorithms("RS256");
        assertThatIllegalStateException().isThrownBy(builder::build).withMessageContaining("ES256");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.algorithms("none"));
        assertThatIllegalArgumentException().isThrownBy(builder::algorithms);
    }

    @Test
    void otherSettingsAreCheckedAtOnce() {
        assertThatIllegalArgumentException().isThrownBy(() -> builder.clockSkew(Duration.ofSeconds(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.maxTokenLength(0));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.requireIssuer(""));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.requireAudience(" "));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.secret(" ", new byte[32]));
    }

    @Test
    void keysAreNotShown() {
        assertThat(VerificationKey.secret("a", JwtIssuer.SECRET).toString())
                .isEqualTo("VerificationKey[\"a\", [HS256, HS384, HS512]]");
    }
}
