package live.telemetry.server.log;

/** The bytes that a transport puts around an envelope's JSON. */
@FunctionalInterface
public interface Framing {

    /**
     * Encodes an envelope once, for every session that will get it.
     *
     * @param json one JSON object on one line
     * @return the bytes as they go on the wire
     */
    byte[] frame(String json);
}
