package live.telemetry.client;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import live.telemetry.server.TelemetryServer;
import live.telemetry.server.auth.JwtAuthenticator;

/** Tokens signed with HS256 (RFC 7515), and a server that takes them. */
final class Tokens {

    private static final String SECRET = "a secret of more than thirty-two bytes";

    private Tokens() {}

    static TelemetryServer server() {
        return TelemetryServer.builder()
                .port(0)
                .authenticator(JwtAuthenticator.builder()
                        .secret(SECRET)
                        .clockSkew(Duration.ZERO)
                        .build())
                .build()
                .start();
    }

    /** Good for so long, to the second. */
    static String validFor(Duration life) {
        return sign(life, SECRET);
    }

    static String forged() {
        return sign(Duration.ofMinutes(1), "another secret of more than thirty-two bytes");
    }

    private static String sign(Duration life, String secret) {
        long expiry = (System.currentTimeMillis() + life.toMillis()) / 1000;
        // The number makes each of them another one.
        String payload = "{\"sub\":\"ann\",\"exp\":" + expiry + ",\"jti\":\"" + System.nanoTime() + "\"}";
        String signed = base64("{\"alg\":\"HS256\"}".getBytes(StandardCharsets.UTF_8))
                + '.'
                + base64(payload.getBytes(StandardCharsets.UTF_8));
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return signed + '.' + base64(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
