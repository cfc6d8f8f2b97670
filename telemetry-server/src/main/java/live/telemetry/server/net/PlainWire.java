package live.telemetry.server.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A plain socket: all bytes are in the system's buffers, and there is no handshake. */
record PlainWire(SocketChannel socket) implements Wire {

    @Override
    public Handshake handshake(Runnable resume) {
        return Handshake.DONE;
    }

    @Override
    public long handshakeNanos() {
        return 0;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return socket.read(target);
    }

    @Override
    public boolean hasInput() {
        return false;
    }

    @Override
    public long write(ByteBuffer[] sources, int count) throws IOException {
        return count == 1 ? socket.write(sources[0]) : socket.write(sources, 0, count);
    }

    @Override
    public boolean hasOutput() {
        return false;
    }

    @Override
    public void flush() {
        // What was taken is in the system's hands.
    }

    @Override
    public void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
