package live.telemetry.core.envelope;

/** One message of the protocol {@code telemetry.v1}, on the wire a JSON object. */
public sealed interface Envelope permits ClientEnvelope, ServerEnvelope {}
