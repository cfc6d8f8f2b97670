package live.telemetry.benchmarks.contender;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The text of {@code data} envelopes, character for character as Telemetry Live writes them, for servers that know no
 * envelopes. For one thread.
 */
final class Envelopes {

    private final Map<String, Long> heads = new HashMap<>();

    String next(String topic, @Nullable String key, String data) {
        long seq = heads.merge(topic, 1L, Long::sum);
        StringBuilder text = new StringBuilder(data.length() + 96)
                .append("{\"type\":\"data\",\"topic\":\"")
                .append(topic)
                .append("\",\"seq\":")
                .append(seq)
                .append(",\"ts\":")
                .append(System.currentTimeMillis());
        if (key != null) {
            text.append(",\"key\":\"").append(key).append('"');
        }
        return text.append(",\"data\":").append(data).append('}').toString();
    }
}
