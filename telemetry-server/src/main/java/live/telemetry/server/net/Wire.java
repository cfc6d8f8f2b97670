package live.telemetry.server.net;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The bytes of a connection, non-blocking: a plain socket, or TLS over one. */
interface Wire extends Closeable {

    /** As {@link java.nio.channels.ReadableByteChannel#read}: how many bytes came, −1 at the end. */
    int read(ByteBuffer target) throws IOException;

    /** As {@link java.nio.channels.GatheringByteChannel#write(ByteBuffer[], int, int)}: how many bytes were taken. */
    long write(ByteBuffer[] sources, int count) throws IOException;

    /** Nothing more will be written; the peer may still send. */
    void shutdownOutput() throws IOException;
}
