package live.telemetry.server.net.http;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The parameters of a query, decoded; a name may occur more than once ({@code topic=a&topic=b}). Their number is bounded by
 * the size of the head.
 */
public final class QueryParameters {

    static final QueryParameters NONE = new QueryParameters(Map.of());

    private final Map<String, List<String>> values;

    private QueryParameters(Map<String, List<String>> values) {
        this.values = values;
    }

    static QueryParameters parse(String query) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        for (String pair : query.split("&")) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = PercentEncoding.decode(equals < 0 ? pair : pair.substring(0, equals), true);
            String value = equals < 0 ? "" : PercentEncoding.decode(pair.substring(equals + 1), true);
            values.computeIfAbsent(name, absent -> new ArrayList<>(1)).add(value);
        }
        return new QueryParameters(values);
    }

    /**
     * The value of a parameter that should occur once.
     *
     * @param name the parameter, case-sensitive
     * @return its first value
     */
    public Optional<String> first(String name) {
        return all(name).stream().findFirst();
    }

    /**
     * All values of a parameter.
     *
     * @param name the parameter, case-sensitive
     * @return the values, in order; empty if it is absent
     */
    public List<String> all(String name) {
        return List.copyOf(values.getOrDefault(name, List.of()));
    }

    /**
     * The names that occur.
     *
     * @return each name once, in order of appearance
     */
    public Set<String> names() {
        return Collections.unmodifiableSet(values.keySet());
    }
}
