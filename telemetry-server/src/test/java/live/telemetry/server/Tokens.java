package live.telemetry.server;

import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Keys;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Map;
import javax.crypto.SecretKey;
import live.telemetry.server.auth.JwtAuthenticator;

/** An issuer that a server of the tests trusts: HS256 under the name {@code hmac}, and RSA without a name. */
final class Tokens {

    static final KeyPair RSA = rsa();

    private static final String SECRET = "a secret of more than thirty-two bytes";
    private static final String ISSUER = "https://issuer.example";
    private static final String AUDIENCE = "telemetry";

    private Tokens() {}

    static JwtAuthenticator authenticator() {
        return JwtAuthenticator.builder()
                .secret("hmac", SECRET)
                .publicKey(RSA.getPublic())
                .requireIssuer(ISSUER)
                .requireAudience(AUDIENCE)
                .clockSkew(Duration.ofSeconds(2))
                .build();
    }

    /** Good for a minute, and not signed yet. */
    static JwtBuilder claims() {
        return Jwts.builder()
                .subject("ann")
                .issuer(ISSUER)
                .audience()
                .add(AUDIENCE)
                .and()
                .issuedAt(new Date())
                .expiration(in(60));
    }

    static Date in(int seconds) {
        return Date.from(Instant.now().plusSeconds(seconds));
    }

    static String sign(JwtBuilder claims) {
        return signAs("hmac", claims);
    }

    static String signAs(String kid, JwtBuilder claims) {
        return claims.header().keyId(kid).and().signWith(key(SECRET)).compact();
    }

    static String valid() {
        return sign(claims());
    }

    static String valid(Map<String, ?> rights) {
        return sign(claims().claim("telemetry", rights));
    }

    static SecretKey key(String secret) {
        return Keys.hmacShaKeyFor(secret.getBytes(StandardCharsets.UTF_8));
    }

    static String unsigned(String header, String payload) {
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        return base64.encodeToString(Frames.utf8(header)) + "." + base64.encodeToString(Frames.utf8(payload)) + ".";
    }

    private static KeyPair rsa() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
