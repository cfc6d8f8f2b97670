package live.telemetry.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.InstantSource;
import live.telemetry.core.AuthenticationException;
import live.telemetry.core.Authenticator.Credentials;
import live.telemetry.core.ErrorCode;

/** What the tests of refusals share. */
final class Refusals {

    /** Claims that are good. */
    static final String PAYLOAD = "{\"sub\":\"ann\",\"exp\":" + JwtIssuer.EXPIRY.getEpochSecond() + "}";

    private Refusals() {}

    /** The message, which has to be one that may be sent to the peer. */
    static String refuse(JwtAuthenticatorBuilder settings, String token) {
        JwtAuthenticator authenticator = settings.build();
        AuthenticationException refusal = assertThatExceptionOfType(AuthenticationException.class)
                .isThrownBy(() -> authenticator.authenticate(new Credentials(token)))
                .actual();
        assertThat(refusal.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
        for (String part : token.split("\\.")) {
            if (part.length() > 8) {
                assertThat(refusal.toString()).doesNotContain(part);
            }
        }
        return String.valueOf(refusal.getMessage());
    }

    static JwtAuthenticatorBuilder secret() {
        return builder().secret(JwtIssuer.SECRET);
    }

    static JwtAuthenticatorBuilder builder() {
        return JwtAuthenticator.builder().clock(InstantSource.fixed(JwtIssuer.NOW));
    }
}
