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

    /**
     * Where the JSON begins in a frame; it ends where the frame ends. Only of a framing in which logs are kept.
     *
     * @param frameBytes how long the frame is
     * @return bytes before the JSON
     */
    default int headBytes(int frameBytes) {
        return 0;
    }
}
