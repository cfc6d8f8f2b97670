package live.telemetry.server.auth;

import io.jsonwebtoken.Claims;
import io.jsonwebtoken.ExpiredJwtException;
import io.jsonwebtoken.Header;
import io.jsonwebtoken.JwsHeader;
import io.jsonwebtoken.JwtParser;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.PrematureJwtException;
import io.jsonwebtoken.UnsupportedJwtException;
import io.jsonwebtoken.security.SecurityException;
import java.security.Key;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.Set;
import live.telemetry.core.AuthenticationException;
import live.telemetry.core.Authenticator;
import live.telemetry.core.Identity;
import live.telemetry.core.Rights;
import org.jspecify.annotations.Nullable;

/**
 * Accepts signed JSON Web Tokens (RFC 7519) that carry {@code sub} and {@code exp}, and reads the rights from their claim
 * {@code telemetry}. Unsigned and encrypted tokens are refused, and so is every token whose algorithm is not one that its key
 * may verify.
 *
 * <p>The identity expires at {@code exp}, with the clock skew as its leeway: the session ends at the moment until which the token
 * is admitted. Immutable; any number of threads may use it at once. It does not block.
 */
public final class JwtAuthenticator implements Authenticator {

    /** How far the clocks of issuer and server may differ, by default. */
    public static final Duration DEFAULT_CLOCK_SKEW = Duration.ofSeconds(5);

    /** The longest token that is looked at, by default, in characters. */
    public static final int DEFAULT_MAX_TOKEN_LENGTH = 8 * 1024;

    private final JwtParser parser;
    private final VerificationKeys keys;
    private final @Nullable String issuer;
    private final @Nullable String audience;
    private final boolean subscribeClaimRequired;
    private final Duration clockSkew;
    private final int maxTokenLength;
    private final InstantSource clock;

    JwtAuthenticator(JwtAuthenticatorBuilder settings) {
        this.keys = settings.keys();
        this.issuer = settings.issuer;
        this.audience = settings.audience;
        this.subscribeClaimRequired = settings.subscribeClaimRequired;
        this.clockSkew = settings.clockSkew;
        this.maxTokenLength = settings.maxTokenLength;
        this.clock = settings.clock;
        // Signatures only: no decryption, no decompression.
        this.parser = Jwts.parser()
                .keyLocator(this::locate)
                .enc()
                .clear()
                .and()
                .key()
                .clear()
                .and()
                .zip()
                .clear()
                .and()
                .clock(() -> Date.from(clock.instant()))
                .clockSkewSeconds(clockSkew.toSeconds() + 1)
                .build();
    }

    /**
     * Begins the settings; at least one key has to be given.
     *
     * @return a builder
     */
    public static JwtAuthenticatorBuilder builder() {
        return new JwtAuthenticatorBuilder();
    }

    @Override
    public Identity authenticate(Credentials credentials) {
        String token = credentials.token();
        if (token.length() > maxTokenLength) {
            throw new AuthenticationException("the token is longer than " + maxTokenLength + " characters");
        }
        return identity(verifiedClaims(token));
    }

    /**
     * The claims of a token whose signature is good. What JJWT throws is translated and not kept as a cause: its messages may
     * quote the token, and this exception may be logged.
     */
    private Claims verifiedClaims(String token) {
        try {
            return parser.parseSignedClaims(token).getPayload();
        } catch (AuthenticationException e) {
            throw e;
        } catch (ExpiredJwtException e) {
            throw expired();
        } catch (PrematureJwtException e) {
            throw notYetValid();
        } catch (UnsupportedJwtException e) {
            throw new AuthenticationException("the token is not a JWT that is signed with an accepted algorithm");
        } catch (SecurityException e) {
            throw new AuthenticationException("the token's signature does not fit its key");
        } catch (RuntimeException e) {
            // Not only JwtException: numbers out of range and the like surface as what they are.
            throw new AuthenticationException("the token is not a well-formed JWT");
        }
    }

    private Identity identity(Claims claims) {
        String subject = claims.getSubject();
        if (subject == null || subject.isBlank()) {
            throw missing("sub");
        }
        Instant expiresAt = expiry(claims);
        checkIssuer(claims);
        checkAudience(claims);
        Rights rights = TelemetryClaim.read(claims.get(TelemetryClaim.NAME), subscribeClaimRequired);
        return new Identity(subject, rights, expiresAt, clockSkew);
    }

    /**
     * Checked here once more, exactly: JJWT knows whole seconds of skew only, and admits a token at the very moment of its
     * expiry, which RFC 7519 §4.1.4 does not.
     */
    private Instant expiry(Claims claims) {
        Date exp = claims.getExpiration();
        if (exp == null) {
            throw missing("exp");
        }
        Instant now = clock.instant();
        Instant expiresAt = exp.toInstant();
        if (!now.isBefore(expiresAt.plus(clockSkew))) {
            throw expired();
        }
        Date notBefore = claims.getNotBefore();
        if (notBefore != null && now.isBefore(notBefore.toInstant().minus(clockSkew))) {
            throw notYetValid();
        }
        return expiresAt;
    }

    private void checkIssuer(Claims claims) {
        if (issuer == null) {
            return;
        }
        String iss = claims.getIssuer();
        if (iss == null) {
            throw missing("iss");
        }
        if (!issuer.equals(iss)) {
            throw new AuthenticationException("the token's issuer (iss) is not accepted here");
        }
    }

    private void checkAudience(Claims claims) {
        if (audience == null) {
            return;
        }
        Set<String> aud = claims.getAudience();
        if (aud == null || aud.isEmpty()) {
            throw missing("aud");
        }
        if (!aud.contains(audience)) {
            throw new AuthenticationException("the token is for another audience (aud)");
        }
    }

    private Key locate(Header header) {
        if (header instanceof JwsHeader signed) {
            return keys.find(signed.getKeyId(), signed.getAlgorithm());
        }
        throw new AuthenticationException("the token is not signed");
    }

    private static AuthenticationException expired() {
        return new AuthenticationException("the token has expired; get a new one");
    }

    private static AuthenticationException notYetValid() {
        return new AuthenticationException("the token is not valid yet (nbf)");
    }

    private static AuthenticationException missing(String claim) {
        return new AuthenticationException("the token has no claim \"" + claim + "\"");
    }
}
