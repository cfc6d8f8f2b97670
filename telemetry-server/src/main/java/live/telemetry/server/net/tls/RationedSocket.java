package live.telemetry.server.net.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;

/**
 * A socket that gives so much at a time and then looks empty, until it is renewed. A read of TLS goes on until there is
 * something to read, so a peer that sends records with nothing in them as fast as it can would have the loop for itself. What
 * is left in the socket is found again by the selector. Confined to a loop.
 */
final class RationedSocket implements ByteChannel {

    /** As much as a loop reads from a plain socket in a turn. */
    static final int RATION_BYTES = 64 << 10;

    private final SocketChannel socket;
    private int left = RATION_BYTES;

    RationedSocket(SocketChannel socket) {
        this.socket = socket;
    }

    void renew() {
        left = RATION_BYTES;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (left <= 0) {
            return 0;
        }
        int count = socket.read(target);
        left -= Math.max(count, 0);
        return count;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        return socket.write(source);
    }

    void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public boolean isOpen() {
        return socket.isOpen();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
