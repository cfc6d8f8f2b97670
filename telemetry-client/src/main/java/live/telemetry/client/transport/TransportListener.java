package live.telemetry.client.transport;

/** Is told what happens on a {@link Transport}, on the transport's own threads, one call at a time but for {@code onEnd}. */
public interface TransportListener {

    /** The peer has accepted the connection; it works only once a {@code welcome} has come. */
    void onOpen();

    /**
     * A message came. May block, which makes the transport stop reading.
     *
     * @param text one envelope
     */
    void onText(String text);

    /** Something else came that shows that the peer is alive, such as a ping. */
    void onHeard();

    /**
     * The transport has ended, or never opened. Called once, after the last message.
     *
     * @param end why
     */
    void onEnd(TransportEnd end);
}
