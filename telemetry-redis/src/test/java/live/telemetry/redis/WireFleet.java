package live.telemetry.redis;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/**
 * Many WebSocket clients on one thread. Each sends its messages as soon as it is connected, and checks that the records of each
 * topic come once and in order.
 */
final class WireFleet implements AutoCloseable {

    private static final int COMPLAINTS_KEPT = 20;

    private final Selector selector;
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 18);
    private final LongAdder records = new LongAdder();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final Thread thread = new Thread(this::run, "wire-fleet");
    private volatile boolean stopping;

    private WireFleet() throws IOException {
        this.selector = Selector.open();
    }

    /**
     * Connects all of them at once.
     *
     * @param port of the server
     * @param messages of each client, what it says first
     */
    static WireFleet connect(int port, List<List<String>> messages) throws IOException {
        WireFleet fleet = new WireFleet();
        for (List<String> each : messages) {
            SocketChannel channel = SocketChannel.open();
            channel.configureBlocking(false);
            channel.register(fleet.selector, SelectionKey.OP_CONNECT, fleet.new Member(firstBytes(each)));
            channel.connect(new InetSocketAddress("127.0.0.1", port));
        }
        fleet.thread.setDaemon(true);
        fleet.thread.start();
        return fleet;
    }

    private static ByteBuffer firstBytes(List<String> messages) {
        ByteBuffer bytes = ByteBuffer.allocate(4_096);
        bytes.put("""
                GET /telemetry HTTP/1.1
                Host: 127.0.0.1
                Upgrade: websocket
                Connection: Upgrade
                Sec-WebSocket-Version: 13
                Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==
                Sec-WebSocket-Protocol: telemetry.v1

                """.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
        for (String message : messages) {
            byte[] text = message.getBytes(StandardCharsets.UTF_8);
            // A final text frame with a length in two bytes and a mask of zeros, RFC 6455 §5.2.
            bytes.put((byte) 0x81)
                    .put((byte) (0x80 | 126))
                    .putShort((short) text.length)
                    .putInt(0)
                    .put(text);
        }
        return bytes.flip();
    }

    /** Records that have come to all of them together. */
    long records() {
        return records.sum();
    }

    /** What was wrong: the first of it. */
    List<String> complaints() {
        return complaints;
    }

    private void complain(String complaint) {
        if (complaints.size() < COMPLAINTS_KEPT) {
            complaints.add(complaint);
        }
    }

    private void run() {
        try (selector) {
            while (!stopping) {
                selector.select(this::serve);
            }
            for (SelectionKey key : new ArrayList<>(selector.keys())) {
                key.channel().close();
            }
        } catch (IOException e) {
            complain(e.toString());
        }
    }

    private void serve(SelectionKey key) {
        SocketChannel channel = (SocketChannel) key.channel();
        Member member = (Member) key.attachment();
        try {
            if (key.isConnectable()) {
                channel.finishConnect();
                channel.write(member.firstBytes);
                key.interestOps(SelectionKey.OP_READ);
            } else {
                buffer.clear();
                if (channel.read(buffer) < 0) {
                    throw new IOException("ended by the server");
                }
                member.frames.accept(buffer.flip());
            }
        } catch (IOException e) {
            complain(e.toString());
            key.cancel();
        }
    }

    /** One client. */
    private final class Member {
        private final ByteBuffer firstBytes;
        private final OrderCheck order = new OrderCheck(WireFleet.this::complain);
        private final TextFrames frames = new TextFrames(text -> {
            if (order.accept(text)) {
                records.increment();
            }
        });

        Member(ByteBuffer firstBytes) {
            this.firstBytes = firstBytes;
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
