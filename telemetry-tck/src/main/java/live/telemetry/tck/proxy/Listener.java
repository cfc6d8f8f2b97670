package live.telemetry.tck.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.Consumer;

/** Accepts connections on a port of the loopback, on a daemon thread, until it is closed. */
final class Listener {

    private static final int BACKLOG = 128;

    private final ServerSocket socket;
    private final Thread thread;

    Listener(int port, Consumer<Socket> accepted, Consumer<IOException> failed) {
        try {
            socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.setReceiveBufferSize(ProxiedConnection.SOCKET_BUFFER_BYTES);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on port " + port, e);
        }
        thread = FaultProxy.daemon("fault-proxy-accept", () -> accept(accepted, failed));
    }

    private void accept(Consumer<Socket> accepted, Consumer<IOException> failed) {
        try {
            while (!socket.isClosed()) {
                accepted.accept(socket.accept());
            }
        } catch (IOException e) {
            if (!socket.isClosed()) {
                failed.accept(e);
            }
        }
    }

    int port() {
        return socket.getLocalPort();
    }

    boolean isClosed() {
        return socket.isClosed();
    }

    /** Stops listening; idempotent. When it returns, the port refuses. */
    void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // While its thread is still inside accept(), the system takes connections on.
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
