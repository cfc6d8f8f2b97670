package live.telemetry.server.auth;

import java.security.PublicKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a {@link JwtAuthenticator}. Every method checks its argument at once. Of the keys, at most one has no
 * {@code kid}: it is the default, for tokens that name none, and if it is the only key, for all tokens.
 */
public final class JwtAuthenticatorBuilder {

    private static final Set<String> ALGORITHMS = Set.of(
            "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512");

    private final List<VerificationKey> keys = new ArrayList<>();
    private Set<String> algorithms = ALGORITHMS;

    @Nullable
    String issuer;

    @Nullable
    String audience;

    boolean subscribeClaimRequired;
    Duration clockSkew = JwtAuthenticator.DEFAULT_CLOCK_SKEW;
    int maxTokenLength = JwtAuthenticator.DEFAULT_MAX_TOKEN_LENGTH;
    InstantSource clock = InstantSource.system();

    JwtAuthenticatorBuilder() {}

    /**
     * The default key: a secret that is shared with the issuer.
     *
     * @param secret at least 32 bytes, from a good source of randomness; verifies HS256, from 48 bytes HS384 as well, from 64
     *     bytes HS512 as well
     * @return this
     * @throws IllegalArgumentException if it is too short
     */
    public JwtAuthenticatorBuilder secret(byte[] secret) {
        return add(VerificationKey.secret(null, secret));
    }

    /**
     * The default key: a secret that is shared with the issuer.
     *
     * @param secret the secret, of which the UTF-8 bytes count, as in {@link #secret(byte[])}; it is not decoded from Base64
     * @return this
     * @throws IllegalArgumentException if it is too short
     */
    public JwtAuthenticatorBuilder secret(String secret) {
        return add(VerificationKey.secret(null, secret));
    }

    /**
     * A secret for tokens that name it.
     *
     * @param kid its name in the header of tokens
     * @param secret as in {@link #secret(byte[])}
     * @return this
     * @throws IllegalArgumentException if it is too short
     */
    public JwtAuthenticatorBuilder secret(String kid, byte[] secret) {
        return add(VerificationKey.secret(name(kid), secret));
    }

    /**
     * A secret for tokens that name it.
     *
     * @param kid its name in the header of tokens
     * @param secret as in {@link #secret(String)}
     * @return this
     * @throws IllegalArgumentException if it is too short
     */
    public JwtAuthenticatorBuilder secret(String kid, String secret) {
        return add(VerificationKey.secret(name(kid), secret));
    }

    /**
     * The default key: the public half of the issuer's key.
     *
     * @param key RSA of at least 2048 bits, which verifies RS256 to RS512 and PS256 to PS512, or EC on P-256 (ES256), P-384
     *     (ES384) or P-521 (ES512)
     * @return this
     * @throws IllegalArgumentException if it is another kind of key
     */
    public JwtAuthenticatorBuilder publicKey(PublicKey key) {
        return add(VerificationKey.publicKey(null, key));
    }

    /**
     * A public key for tokens that name it.
     *
     * @param kid its name in the header of tokens
     * @param key as in {@link #publicKey(PublicKey)}
     * @return this
     * @throws IllegalArgumentException if it is another kind of key
     */
    public JwtAuthenticatorBuilder publicKey(String kid, PublicKey key) {
        return add(VerificationKey.publicKey(name(kid), key));
    }

    /**
     * Narrows the algorithms that are accepted, down from all that the keys can verify.
     *
     * @param names for example {@code RS256}
     * @return this
     * @throws IllegalArgumentException if one is not known
     */
    public JwtAuthenticatorBuilder algorithms(String... names) {
        Collection<String> wanted = List.of(names);
        if (wanted.isEmpty() || !ALGORITHMS.containsAll(wanted)) {
            throw new IllegalArgumentException("algorithms must be among HS/RS/PS/ES with 256, 384 or 512: " + wanted);
        }
        this.algorithms = new LinkedHashSet<>(wanted);
        return this;
    }

    /**
     * Requires the claim {@code iss}.
     *
     * @param issuer what it must be
     * @return this
     */
    public JwtAuthenticatorBuilder requireIssuer(String issuer) {
        this.issuer = notBlank("issuer", issuer);
        return this;
    }

    /**
     * Requires the claim {@code aud}.
     *
     * @param audience what it must be or contain
     * @return this
     */
    public JwtAuthenticatorBuilder requireAudience(String audience) {
        this.audience = notBlank("audience", audience);
        return this;
    }

    /**
     * Requires the claim {@code telemetry.subscribe}. Without this option, a token that has none may read every topic.
     *
     * @return this
     */
    public JwtAuthenticatorBuilder requireSubscribeClaim() {
        this.subscribeClaimRequired = true;
        return this;
    }

    /**
     * How far the clocks of issuer and server may differ: that much longer a token is valid, on both ends.
     *
     * @param clockSkew zero or more; {@link JwtAuthenticator#DEFAULT_CLOCK_SKEW} by default
     * @return this
     */
    public JwtAuthenticatorBuilder clockSkew(Duration clockSkew) {
        if (clockSkew.isNegative() || clockSkew.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("clockSkew must be from zero to one day: " + clockSkew);
        }
        this.clockSkew = clockSkew;
        return this;
    }

    /**
     * The longest token that is looked at; a longer one is refused before anything is decoded.
     *
     * @param maxTokenLength characters; {@link JwtAuthenticator#DEFAULT_MAX_TOKEN_LENGTH} by default
     * @return this
     */
    public JwtAuthenticatorBuilder maxTokenLength(int maxTokenLength) {
        if (maxTokenLength <= 0) {
            throw new IllegalArgumentException("maxTokenLength must be positive: " + maxTokenLength);
        }
        this.maxTokenLength = maxTokenLength;
        return this;
    }

    /**
     * The clock by which tokens expire.
     *
     * @param clock the system's by default
     * @return this
     */
    public JwtAuthenticatorBuilder clock(InstantSource clock) {
        this.clock = clock;
        return this;
    }

    /**
     * Makes the authenticator.
     *
     * @return an authenticator with these settings
     * @throws IllegalStateException if there is no key, if two keys have the same name or none, or if a key verifies none of
     *     the accepted algorithms
     */
    public JwtAuthenticator build() {
        return new JwtAuthenticator(this);
    }

    VerificationKeys keys() {
        return new VerificationKeys(
                keys.stream().map(key -> key.only(algorithms)).toList());
    }

    private JwtAuthenticatorBuilder add(VerificationKey key) {
        keys.add(key);
        return this;
    }

    private static String name(String kid) {
        return notBlank("kid", kid);
    }

    private static String notBlank(String what, String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException(what + " must not be blank");
        }
        return text;
    }
}
