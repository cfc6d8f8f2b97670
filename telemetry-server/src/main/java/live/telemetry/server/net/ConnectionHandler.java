package live.telemetry.server.net;

import java.nio.ByteBuffer;
import live.telemetry.server.session.WriteBatch;

/** What a connection speaks at the moment: HTTP, or after the upgrade WebSocket. Confined to the connection's loop. */
public interface ConnectionHandler {

    /**
     * Bytes of the peer. What is left in the buffer goes to the handler that this one has put in its place, if it did.
     *
     * @param in a heap buffer without offset, valid during the call
     */
    void onInput(ByteBuffer in);

    /**
     * Adds what is to be written.
     *
     * @param batch has room
     */
    void fill(WriteBatch batch);

    /** Everything that was there to write has been taken by the socket. */
    void onDrained();

    /** The peer will send nothing more. */
    void onEndOfInput();

    /**
     * The server stops: say good-bye and close, within the server's time for that.
     *
     * @param reconnectAfterMillis how long the peer is asked to stay away
     */
    void shutDown(long reconnectAfterMillis);

    /** The connection is closed, by whichever side; called once. */
    void onClosed();
}
