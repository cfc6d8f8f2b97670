package live.telemetry.server.net;

import java.nio.channels.SocketChannel;

/** Makes the wires of one loop's connections. Confined to that loop. */
@FunctionalInterface
public interface WireFactory {

    /** Plain sockets. */
    WireFactory PLAIN = PlainWire::new;

    /**
     * Makes a wire, which has still to go through its handshake.
     *
     * @param socket non-blocking
     * @return the wire, which closes the socket with itself
     */
    Wire open(SocketChannel socket);
}
