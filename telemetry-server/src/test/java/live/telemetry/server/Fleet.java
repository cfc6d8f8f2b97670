package live.telemetry.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/** Many clients on one thread, which do no more than count what they are sent. */
final class Fleet implements AutoCloseable {

    private final InetSocketAddress address;
    private final byte[] firstBytes;
    private final Selector selector = Selector.open();
    private final Queue<SocketChannel> opening = new ConcurrentLinkedQueue<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 18);
    private final AtomicLongArray counts = new AtomicLongArray(128);
    private final AtomicInteger ended = new AtomicInteger();
    private final Thread thread = new Thread(this::run, "fleet");
    private volatile boolean stopping;

    /** Clients that send these messages as soon as they are connected. */
    Fleet(TelemetryServer server, String... messages) throws IOException {
        this.address = new InetSocketAddress("127.0.0.1", server.port());
        byte[] sent;
        try (RawPeer peer = RawPeer.connect(server)) {
            sent = Frames.utf8(peer.upgradeRequest());
        }
        for (String message : messages) {
            sent = Frames.concat(sent, Frames.text(message));
        }
        this.firstBytes = sent;
        thread.setDaemon(true);
        thread.start();
    }

    void open(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            SocketChannel channel = SocketChannel.open();
            channel.configureBlocking(false);
            channel.connect(address);
            opening.add(channel);
        }
        selector.wakeup();
    }

    /** Envelopes whose type begins with this letter. */
    long count(char initial) {
        return counts.get(initial);
    }

    /** Connections that the server has ended. */
    int ended() {
        return ended.get();
    }

    private void run() {
        try (selector) {
            while (!stopping) {
                SocketChannel next;
                while ((next = opening.poll()) != null) {
                    next.register(selector, SelectionKey.OP_CONNECT, new FrameCounter(counts));
                }
                selector.select(this::serve);
            }
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void serve(SelectionKey key) {
        SocketChannel channel = (SocketChannel) key.channel();
        try {
            if (key.isConnectable()) {
                channel.finishConnect();
                channel.write(ByteBuffer.wrap(firstBytes));
                key.interestOps(SelectionKey.OP_READ);
            } else {
                buffer.clear();
                if (channel.read(buffer) < 0) {
                    throw new IOException("ended");
                }
                ((FrameCounter) key.attachment()).accept(buffer.array(), buffer.position());
            }
        } catch (IOException e) {
            ended.incrementAndGet();
            key.cancel();
            try {
                channel.close();
            } catch (IOException ignored) {
                // It has ended either way.
            }
        }
    }

    @Override
    public void close() {
        stopping = true;
        selector.wakeup();
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
