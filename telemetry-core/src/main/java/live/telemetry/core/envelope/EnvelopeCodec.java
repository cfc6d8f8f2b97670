package live.telemetry.core.envelope;

import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.json.JsonFields;
import org.jspecify.annotations.Nullable;

/**
 * Envelopes to JSON and back, as {@code docs/PROTOCOL.md} has them. Stateless. Decoding ignores fields that it does not know,
 * and throws {@link ProtocolException} with {@code BAD_REQUEST}, {@code BAD_TOPIC} or {@code UNKNOWN_TYPE}.
 */
public final class EnvelopeCodec {

    private EnvelopeCodec() {}

    /**
     * Writes what a client sends.
     *
     * @param envelope the envelope
     * @return one JSON object on one line
     */
    public static String encode(ClientEnvelope envelope) {
        return EnvelopeWriter.write(envelope);
    }

    /**
     * Writes what a server sends.
     *
     * @param envelope the envelope
     * @return one JSON object on one line
     */
    public static String encode(ServerEnvelope envelope) {
        return EnvelopeWriter.write(envelope);
    }

    /**
     * Writes a record as a {@code data} envelope.
     *
     * @param record the record
     * @return one JSON object on one line
     */
    public static String encodeData(TelemetryRecord record) {
        return EnvelopeWriter.writeData(record);
    }

    /**
     * Reads what a client sent.
     *
     * @param json the text of a message
     * @return the envelope
     * @throws ProtocolException if it is not valid
     */
    public static ClientEnvelope decodeClient(String json) {
        return EnvelopeReader.client(json);
    }

    /**
     * Reads what a server sent.
     *
     * @param json the text of a message
     * @return the envelope
     * @throws ProtocolException if it is not valid
     */
    public static ServerEnvelope decodeServer(String json) {
        return EnvelopeReader.server(json);
    }

    /**
     * Reads what a server sent as a part of something larger, such as the answer of a poll.
     *
     * @param fields of the object
     * @return the envelope
     * @throws ProtocolException if it is not valid
     */
    public static ServerEnvelope decodeServer(JsonFields fields) {
        return EnvelopeReader.server(fields);
    }

    /**
     * Reads a {@code publish} whose type is known from elsewhere.
     *
     * @param fields of the object
     * @return the envelope
     * @throws ProtocolException if it is not valid
     */
    public static ClientEnvelope.Publish decodePublish(JsonFields fields) {
        return EnvelopeReader.publish(fields);
    }

    /**
     * Reads a {@code subscribe} whose type is known from elsewhere, and whose answer needs no id.
     *
     * @param fields of the object
     * @param since where to begin, if that is known from elsewhere as well; null to read it
     * @return the envelope
     * @throws ProtocolException if it is not valid
     */
    public static ClientEnvelope.Subscribe decodeSubscribe(JsonFields fields, @Nullable Since since) {
        return EnvelopeReader.subscribe(fields, since);
    }
}
