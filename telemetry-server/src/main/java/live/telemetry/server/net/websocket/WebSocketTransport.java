package live.telemetry.server.net.websocket;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import live.telemetry.server.log.Framing;
import live.telemetry.server.net.Connection;
import live.telemetry.server.net.ConnectionHandler;
import live.telemetry.server.session.CloseReason;
import live.telemetry.server.session.Session;
import live.telemetry.server.session.Transport;
import live.telemetry.server.session.WriteBatch;
import org.java_websocket.drafts.Draft_6455;
import org.jspecify.annotations.Nullable;

/**
 * A session over WebSocket: the frames around it, and the closing handshake (RFC 6455 §7). Control frames and the handshake's
 * answer go out before the session's output, on a frame boundary.
 */
public final class WebSocketTransport implements Transport, ConnectionHandler, MessageReader.Listener {

    /** How long a peer may take over the closing handshake, or over taking the last bytes. */
    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final byte[] PING = WebSocketFraming.frame(Opcode.PING, new byte[0]);

    private final Connection connection;
    private final Session session;
    private final MessageReader reader;
    private final KeepAlive keepAlive;
    private final Queue<byte[]> controlFrames = new ArrayDeque<>(2);

    /** The answer to the latest ping; earlier ones need none (RFC 6455 §5.5.3). */
    private byte @Nullable [] pong;

    private @Nullable CloseReason closing;
    private boolean drainingFirst;
    private boolean closeFrameQueued;
    private boolean peerClosed;

    /**
     * Takes over a connection whose upgrade was granted.
     *
     * @param connection the connection
     * @param upgradeAnswer the bytes that grant it, which go first
     * @param engine reads frames; may be shared by the connections of a loop
     * @param settings bounds and times
     * @param sessions opens the session over this transport
     */
    public WebSocketTransport(
            Connection connection,
            byte[] upgradeAnswer,
            Draft_6455 engine,
            WebSocketSettings settings,
            Function<Transport, Session> sessions) {
        this.connection = connection;
        this.controlFrames.add(upgradeAnswer);
        this.reader = new MessageReader(engine, settings.maxMessageBytes(), connection.loop()::nanoTime, this);
        this.session = sessions.apply(this);
        session.welcome();
        this.keepAlive = new KeepAlive(connection.loop(), new Watched(), settings);
        connection.ready();
    }

    // ---- Transport

    @Override
    public Framing framing() {
        return WebSocketFraming.INSTANCE;
    }

    @Override
    public void ready() {
        connection.ready();
    }

    @Override
    public void acceptInput(boolean accept) {
        connection.acceptInput(accept);
    }

    @Override
    public void close(CloseReason reason) {
        if (closing != null) {
            return;
        }
        closing = reason;
        drainingFirst = false;
        connection.loop().schedule(CLOSE_NANOS, connection::close);
        connection.ready();
    }

    // ---- ConnectionHandler

    @Override
    public void onInput(ByteBuffer in) {
        keepAlive.heard();
        reader.read(in);
    }

    @Override
    public void fill(WriteBatch batch) {
        byte[] control;
        while (batch.hasRoom() && (control = controlFrames.poll()) != null) {
            batch.addBytes(control);
        }
        if (pong != null && batch.hasRoom()) {
            batch.addBytes(pong);
            pong = null;
        }
        CloseReason reason = closing;
        if (reason == null) {
            long before = batch.bytes();
            session.fill(batch);
            if (batch.bytes() > before) {
                keepAlive.said();
            }
        } else if (!closeFrameQueued) {
            session.fillAnswers(batch);
            if (batch.hasRoom()) {
                closeFrameQueued = true;
                batch.addBytes(closeFrame(reason));
            } else {
                connection.ready();
            }
        }
    }

    @Override
    public void onDrained() {
        if (closeFrameQueued && peerClosed) {
            connection.close();
        } else if (closeFrameQueued) {
            // The peer answers with its own close frame, or with the end of the connection.
            connection.shutdownOutput();
        } else if (drainingFirst && !session.hasOutput()) {
            close(CloseReason.GOING_AWAY);
        }
    }

    @Override
    public void onEndOfInput() {
        connection.close();
    }

    @Override
    public void shutDown(long reconnectAfterMillis) {
        if (closing != null) {
            return;
        }
        drainingFirst = true;
        session.goAway(reconnectAfterMillis);
        connection.loop().schedule(CLOSE_NANOS, () -> close(CloseReason.GOING_AWAY));
    }

    @Override
    public void onClosed() {
        keepAlive.stop();
        session.onClosed();
    }

    // ---- MessageReader.Listener

    @Override
    public void onText(String text) {
        if (closing == null) {
            session.onMessage(text);
        }
    }

    @Override
    public void onPing(byte[] payload) {
        if (closing != null) {
            // Nothing may follow a close (RFC 6455 §5.5.1), and writing behind it would end the connection before the
            // peer has read it.
            return;
        }
        pong = WebSocketFraming.frame(Opcode.PONG, payload);
        connection.ready();
    }

    @Override
    public void onPong() {
        // That something was heard is noted for every byte.
    }

    @Override
    public void onClose() {
        peerClosed = true;
        if (closing == null) {
            close(CloseReason.NORMAL);
        } else if (closeFrameQueued && !connection.isBlocked()) {
            connection.close();
        }
    }

    @Override
    public void onViolation(CloseReason reason) {
        close(reason);
    }

    private final class Watched implements KeepAlive.Peer {
        @Override
        public boolean isBlocked() {
            return connection.isBlocked();
        }

        @Override
        public long blockedSinceNanos() {
            return connection.blockedSinceNanos();
        }

        @Override
        public boolean isRead() {
            return connection.acceptsInput();
        }

        @Override
        public boolean isMessageUnfinished() {
            return reader.isUnfinished();
        }

        @Override
        public long unfinishedSinceNanos() {
            return reader.unfinishedSinceNanos();
        }

        @Override
        public void ping() {
            if (closing == null) {
                controlFrames.add(PING);
                connection.ready();
            }
        }

        @Override
        public void heartbeat() {
            session.heartbeat();
        }

        @Override
        public void timeOut() {
            close(CloseReason.TIMEOUT);
        }
    }

    private static byte[] closeFrame(CloseReason reason) {
        byte[] text = reason.text().getBytes(StandardCharsets.UTF_8);
        byte[] payload = new byte[2 + text.length];
        payload[0] = (byte) (reason.code() >> 8);
        payload[1] = (byte) reason.code();
        System.arraycopy(text, 0, payload, 2, text.length);
        return WebSocketFraming.frame(Opcode.CLOSE, payload);
    }
}
