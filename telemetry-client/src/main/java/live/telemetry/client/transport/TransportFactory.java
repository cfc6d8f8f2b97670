package live.telemetry.client.transport;

/** Makes a transport for each attempt to connect. */
@FunctionalInterface
public interface TransportFactory {

    /**
     * A transport that has not been opened.
     *
     * @param request what to connect to
     * @return a new one
     */
    Transport create(TransportRequest request);
}
