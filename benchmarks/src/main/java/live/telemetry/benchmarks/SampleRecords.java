package live.telemetry.benchmarks;

import live.telemetry.core.Publication;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.json.JsonData;

/** Records like those of the load: 190 bytes of data. */
public final class SampleRecords {

    /** Of every sample. */
    public static final Topic TOPIC = Topic.of("load.0");

    /** Of every sample, in milliseconds since 1970. */
    public static final long TIMESTAMP = 1_795_507_200_000L;

    private static final JsonData DATA = JsonData.parse("{\"t\":123456789012345,\"pad\":\"" + "x".repeat(158) + "\"}");

    private SampleRecords() {}

    /**
     * A record.
     *
     * @param seq its number
     * @return without a key
     */
    public static TelemetryRecord record(long seq) {
        return new TelemetryRecord(TOPIC, seq, TIMESTAMP, null, DATA);
    }

    /**
     * What becomes such a record.
     *
     * @return without a key
     */
    public static Publication publication() {
        return new Publication(TOPIC, TIMESTAMP, null, DATA);
    }
}
