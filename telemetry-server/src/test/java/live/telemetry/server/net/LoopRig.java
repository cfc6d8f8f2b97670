package live.telemetry.server.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import live.telemetry.core.LocalBroadcaster;
import live.telemetry.core.Retention;
import live.telemetry.server.log.ReaderTurns;
import live.telemetry.server.log.SegmentPool;
import live.telemetry.server.net.websocket.WebSocketFraming;
import live.telemetry.server.node.Node;
import live.telemetry.server.node.NodeLimits;

/** One event loop, and sockets that it has adopted. */
final class LoopRig implements AutoCloseable {

    final NetCounters counters = new NetCounters();
    final EventLoop loop;
    private final ScheduledExecutorService housekeeping = Executors.newSingleThreadScheduledExecutor();
    private final ServerSocketChannel listener;

    LoopRig() throws IOException {
        this(WireFactory.PLAIN);
    }

    LoopRig(WireFactory wires) throws IOException {
        ReaderTurns turns = new ReaderTurns(1);
        Node node = new Node(
                new LocalBroadcaster(),
                WebSocketFraming.INSTANCE,
                Retention.DEFAULT,
                new NodeLimits(1_000, 10),
                new SegmentPool(1 << 20, turns),
                housekeeping);
        this.loop = new EventLoop(0, "telemetry-rig-loop", node, turns, counters, wires, Duration.ZERO);
        this.listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    LoopRig start() {
        loop.start();
        return this;
    }

    /** A peer whose connection the loop has been given. */
    Socket connect(Connection.ConnectionFactory handlers) throws IOException {
        Socket peer =
                new Socket(InetAddress.getLoopbackAddress(), listener.socket().getLocalPort());
        peer.setSoTimeout(5_000);
        SocketChannel accepted = listener.accept();
        accepted.configureBlocking(false);
        counters.connectionOpened();
        loop.adopt(accepted, handlers);
        return peer;
    }

    @Override
    public void close() throws IOException {
        loop.stop(1_000);
        listener.close();
        housekeeping.shutdownNow();
    }
}
