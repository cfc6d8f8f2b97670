package live.telemetry.benchmarks.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import live.telemetry.core.Position;
import org.jspecify.annotations.Nullable;
import tlschannel.ClientTlsChannel;
import tlschannel.NeedsReadException;
import tlschannel.NeedsWriteException;

/** One connection of the load client. Confined to its loop. */
final class Reader implements Conversation.Listener {

    /** Local ports are scarce (about 28,000 an address), so each address of the loopback makes so many connections. */
    private static final int CONNECTIONS_PER_ADDRESS = 20_000;

    private static final int STALLED_RECEIVE_BYTES = 64 << 10;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final byte[] NO_BYTES = new byte[0];

    private final ClientLoop loop;
    private final Endpoint endpoint;
    private final ReaderPlan plan;
    private final LoadClient.Opening opening;
    private final Conversation conversation;

    private @Nullable SelectionKey key;
    private @Nullable ByteChannel channel;
    private ByteBuffer out = NOTHING;
    private byte[] rest = NO_BYTES;
    private long received;
    private boolean open;
    private boolean closed;

    Reader(ClientLoop loop, Endpoint endpoint, ReaderPlan plan, LoadClient.Opening opening) {
        this.loop = loop;
        this.endpoint = endpoint;
        this.plan = plan;
        this.opening = opening;
        this.conversation = Conversation.of(plan, endpoint.port(), loop.stamps());
    }

    void connect(int number) {
        try {
            SocketChannel socket = SocketChannel.open();
            channel = socket;
            socket.configureBlocking(false);
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            if (plan.role() == Role.STALLED) {
                socket.setOption(StandardSocketOptions.SO_RCVBUF, STALLED_RECEIVE_BYTES);
            }
            if (number >= CONNECTIONS_PER_ADDRESS) {
                byte[] address = {127, 0, 0, (byte) (1 + number / CONNECTIONS_PER_ADDRESS)};
                socket.bind(new InetSocketAddress(InetAddress.getByAddress(address), 0));
            }
            key = loop.register(socket, this);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), endpoint.port()));
        } catch (IOException e) {
            failed(e.toString());
        }
    }

    void onReady(SelectionKey ready) {
        try {
            if (ready.isConnectable()) {
                onConnected((SocketChannel) ready.channel(), ready);
            }
            if (out.hasRemaining()) {
                flush();
            }
            if (ready.isValid() && ready.isReadable() && channel != null) {
                read(channel);
            }
        } catch (IOException | RuntimeException e) {
            // One connection's fault must not end the loop of all.
            failed(e.toString());
        }
    }

    private void onConnected(SocketChannel socket, SelectionKey ready) throws IOException {
        socket.finishConnect();
        if (endpoint.tls() != null) {
            channel = ClientTlsChannel.newBuilder(socket, endpoint.tls()).build();
        }
        ready.interestOps(SelectionKey.OP_READ);
        send(conversation.opening());
    }

    private void read(ByteChannel from) throws IOException {
        do {
            ByteBuffer buffer = loop.bufferFor(rest.length);
            buffer.put(rest);
            try {
                if (from.read(buffer) < 0) {
                    failed("closed by the server");
                    return;
                }
            } catch (NeedsReadException e) {
                return;
            } catch (NeedsWriteException e) {
                awaitWritable(true);
                return;
            }
            buffer.flip();
            conversation.read(buffer, this);
            rest = buffer.hasRemaining()
                    ? Arrays.copyOfRange(buffer.array(), buffer.position(), buffer.limit())
                    : NO_BYTES;
            // Below TLS more may have been read than came out, and no selector knows.
        } while (endpoint.tls() != null && !closed && reads());
    }

    private boolean reads() {
        return !(open && plan.role() == Role.STALLED);
    }

    // ---- from the conversation

    @Override
    public void opened() {
        open = true;
        opening.onOpened();
        loop.onConnectionSettled();
        if (plan.role() == Role.STALLED && key != null) {
            key.interestOps(0);
        } else if (plan.role() == Role.REPLAYING) {
            loop.every(LoadClient.REPLAY_INTERVAL, this::replay);
        }
    }

    private void replay() {
        if (!closed) {
            send(conversation.replayRequest());
        }
    }

    @Override
    public void record(long stamp) {
        if (plan.role() == Role.LIVE) {
            loop.meter().record(loop.readNanos() - stamp);
        }
        if (++received == plan.expected()) {
            opening.onWhole();
        }
    }

    @Override
    public void subscribed(Position head) {
        opening.onPosition(head);
    }

    @Override
    public void send(byte[] bytes) {
        out = out.hasRemaining()
                ? ByteBuffer.allocate(out.remaining() + bytes.length)
                        .put(out)
                        .put(bytes)
                        .flip()
                : ByteBuffer.wrap(bytes);
        try {
            flush();
        } catch (IOException e) {
            failed(e.toString());
        }
    }

    private void flush() throws IOException {
        if (channel == null || closed) {
            return;
        }
        try {
            while (out.hasRemaining() && channel.write(out) > 0) {
                // Until the socket takes no more.
            }
            awaitWritable(out.hasRemaining());
        } catch (NeedsReadException e) {
            awaitWritable(false);
        } catch (NeedsWriteException e) {
            awaitWritable(true);
        }
    }

    private void awaitWritable(boolean await) {
        if (key != null && key.isValid() && reads()) {
            key.interestOps(await ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        }
    }

    @Override
    public void failed(String why) {
        if (closed) {
            return;
        }
        opening.onFailed(why, open);
        if (!open) {
            loop.onConnectionSettled();
        }
        close();
    }

    void close() {
        closed = true;
        if (channel != null) {
            try {
                if (key != null) {
                    // Not the TLS channel, which would wait for the peer's good-bye.
                    key.channel().close();
                } else {
                    channel.close();
                }
            } catch (IOException e) {
                opening.onFailed(e.toString(), true);
            }
        }
    }
}
