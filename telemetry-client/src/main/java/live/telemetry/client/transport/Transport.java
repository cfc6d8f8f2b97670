package live.telemetry.client.transport;

/** One attempt to be connected: opened once, closed once. Its methods return without waiting for the network. */
public interface Transport {

    /**
     * Begins to connect.
     *
     * @param listener is told what happens, until {@link TransportListener#onEnd}
     */
    void open(TransportListener listener);

    /**
     * Sends a message. It waits in memory until the socket takes it, so the caller bounds what it sends without an answer.
     *
     * @param text one envelope
     * @return false if the transport is not open
     */
    boolean send(String text);

    /**
     * Gives the connection up, in whatever state it is: the peer is told so if it can be, and what it does not answer within
     * a second is cut. May be called again, and from any thread.
     */
    void close();
}
