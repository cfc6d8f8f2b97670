package live.telemetry.server.auth;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import live.telemetry.core.AuthenticationException;
import live.telemetry.core.Rights;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.TopicPattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rights from the claim {@code "telemetry": {"subscribe": [patterns], "publish": [patterns]}}. Absent
 * {@code subscribe} means every topic, absent {@code publish} none. Anything else than lists of patterns is refused: an issuer
 * that meant to restrict somebody must not widen their rights by a slip.
 */
final class TelemetryClaim {

    static final String NAME = "telemetry";

    private static final String SUBSCRIBE = "subscribe";
    private static final String PUBLISH = "publish";

    private TelemetryClaim() {}

    /**
     * The rights.
     *
     * @param claim the value of the claim, null if it is absent; JJWT makes no difference between that and a claim of null
     * @param subscribeRequired whether {@code subscribe} must be there
     */
    static Rights read(@Nullable Object claim, boolean subscribeRequired) {
        if (claim != null && !(claim instanceof Map<?, ?>)) {
            throw new AuthenticationException("the claim \"telemetry\" must be an object");
        }
        Map<?, ?> fields = claim == null ? Map.of() : (Map<?, ?>) claim;
        if (subscribeRequired && !fields.containsKey(SUBSCRIBE)) {
            throw new AuthenticationException("the token has no claim \"telemetry.subscribe\"");
        }
        return new Rights(
                patterns(fields, SUBSCRIBE, Rights.READ_ALL.subscribe()),
                patterns(fields, PUBLISH, Rights.READ_ALL.publish()));
    }

    private static List<TopicPattern> patterns(Map<?, ?> fields, String name, List<TopicPattern> absent) {
        // containsKey, since null is a value here: "subscribe": null is a slip, not a grant of everything.
        if (!fields.containsKey(name)) {
            return absent;
        }
        if (!(fields.get(name) instanceof List<?> list)) {
            throw malformed(name);
        }
        List<TopicPattern> patterns = new ArrayList<>(list.size());
        for (Object element : list) {
            if (!(element instanceof String text)) {
                throw malformed(name);
            }
            patterns.add(pattern(name, text));
        }
        return patterns;
    }

    private static TopicPattern pattern(String name, String text) {
        try {
            return TopicPattern.of(text);
        } catch (TelemetryException e) {
            throw new AuthenticationException("the claim \"telemetry." + name + "\": " + e.getMessage(), e);
        }
    }

    private static AuthenticationException malformed(String name) {
        return new AuthenticationException("the claim \"telemetry." + name + "\" must be an array of topic patterns");
    }
}
