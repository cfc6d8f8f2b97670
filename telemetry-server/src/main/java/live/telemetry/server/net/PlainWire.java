package live.telemetry.server.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A plain socket. */
record PlainWire(SocketChannel socket) implements Wire {

    @Override
    public int read(ByteBuffer target) throws IOException {
        return socket.read(target);
    }

    @Override
    public long write(ByteBuffer[] sources, int count) throws IOException {
        return count == 1 ? socket.write(sources[0]) : socket.write(sources, 0, count);
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
