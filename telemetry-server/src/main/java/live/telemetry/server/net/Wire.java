package live.telemetry.server.net;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The bytes of a connection, non-blocking: a plain socket, or TLS over one. Confined to the connection's loop.
 *
 * <p>A wire may hold bytes that the selector knows nothing of: decrypted ones that nobody has read ({@link #hasInput()}), and
 * encrypted ones that the socket did not take ({@link #hasOutput()}).
 */
public interface Wire extends Closeable {

    /** What has to come before the handshake can go on. */
    enum Handshake {
        /** Nothing: bytes can be carried. */
        DONE,
        /** The socket has to be readable. */
        NEEDS_INPUT,
        /** The socket has to be writable. */
        NEEDS_OUTPUT,
        /** Work that must not hold up the loop; it has begun elsewhere. */
        NEEDS_TASK
    }

    /**
     * Gets as far as it can with what comes before the first byte. To be called until it is done, before anything else.
     *
     * @param resume run on any thread once what {@link Handshake#NEEDS_TASK} stands for is over
     * @return what has to come before the next call
     */
    Handshake handshake(Runnable resume) throws IOException;

    /** How long the peer may take over its part of the handshake. */
    long handshakeNanos();

    /** As {@link java.nio.channels.ReadableByteChannel#read}: how many bytes came, −1 at the end. */
    int read(ByteBuffer target) throws IOException;

    /** Whether another read may find something, although the socket is not readable. */
    boolean hasInput();

    /**
     * As {@link java.nio.channels.GatheringByteChannel#write(ByteBuffer[], int, int)}: how many bytes were taken. The last of
     * these may not have reached the socket yet, see {@link #hasOutput()}.
     */
    long write(ByteBuffer[] sources, int count) throws IOException;

    /** Whether bytes that were taken wait for the socket; until they are flushed nothing more is to be written. */
    boolean hasOutput();

    /** Goes on with bytes that were taken, now that the socket is writable. */
    void flush() throws IOException;

    /** Nothing more will be written; the peer may still send. */
    void shutdownOutput() throws IOException;
}
