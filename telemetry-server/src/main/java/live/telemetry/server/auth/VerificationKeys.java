package live.telemetry.server.auth;

import java.security.Key;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import live.telemetry.core.AuthenticationException;
import org.jspecify.annotations.Nullable;

/** The keys of an authenticator, by {@code kid}. */
final class VerificationKeys {

    private final Map<String, VerificationKey> named = new HashMap<>();
    private @Nullable VerificationKey defaultKey;

    VerificationKeys(List<VerificationKey> keys) {
        if (keys.isEmpty()) {
            throw new IllegalStateException("no key: give a secret or a public key");
        }
        for (VerificationKey key : keys) {
            VerificationKey before;
            if (key.id() == null) {
                before = defaultKey;
                defaultKey = key;
            } else {
                before = named.put(key.id(), key);
            }
            if (before != null) {
                throw new IllegalStateException(
                        "two keys " + key.describe() + "; tokens could not say which of them they mean");
            }
        }
    }

    /**
     * The key of a token.
     *
     * @param id the {@code kid} of the token, or null
     * @param algorithm the {@code alg} of the token
     * @throws AuthenticationException if there is none, or it may not verify that algorithm
     */
    Key find(@Nullable String id, @Nullable String algorithm) {
        VerificationKey key = find(id);
        if (!key.algorithms().contains(algorithm)) {
            throw new AuthenticationException("the token's algorithm does not fit its key");
        }
        return key.key();
    }

    /**
     * A {@code kid} means nothing to a server that has a single key without one: many issuers always send it. As soon as keys
     * have names, an unknown name is refused and never falls back to the default key.
     */
    private VerificationKey find(@Nullable String id) {
        VerificationKey key = id == null || named.isEmpty() ? defaultKey : named.get(id);
        if (key == null) {
            throw new AuthenticationException(
                    id == null ? "the token names no key (kid)" : "the token's key (kid) is not known");
        }
        return key;
    }
}
