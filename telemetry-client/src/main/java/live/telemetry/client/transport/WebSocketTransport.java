package live.telemetry.client.transport;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.java_websocket.WebSocket;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.exceptions.WebsocketNotConnectedException;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.framing.Framedata;
import org.java_websocket.handshake.ServerHandshake;
import org.jspecify.annotations.Nullable;

/**
 * WebSocket (RFC 6455) by Java-WebSocket. An instance is good for one attempt, as the engine's ways to reconnect can hang; its
 * clock for lost connections is off, since the client keeps one that counts every envelope.
 */
public final class WebSocketTransport implements Transport {

    /** The subprotocol that is offered, and that the server has to accept. */
    public static final String SUBPROTOCOL = "telemetry.v1";

    private static final long CLOSE_HANDSHAKE_MILLIS = 1_000;

    private final DialingSocketFactory sockets;
    private final ClientDraft draft;
    private final Engine engine;
    private final AtomicBoolean closing = new AtomicBoolean();

    /**
     * A transport that has not been opened.
     *
     * @param request what to connect to
     */
    public WebSocketTransport(TransportRequest request) {
        int timeout = (int) Math.min(request.connectTimeout().toMillis(), Integer.MAX_VALUE);
        sockets = new DialingSocketFactory(request.uri(), timeout, request.sslContext());
        draft = new ClientDraft(request.maxMessageBytes());
        Map<String, String> headers = new HashMap<>();
        if (request.token() != null) {
            headers.put("Authorization", "Bearer " + request.token());
        }
        engine = new Engine(request, headers, timeout);
        engine.setDaemon(true);
        engine.setTcpNoDelay(true);
        engine.setConnectionLostTimeout(0);
        engine.setSocketFactory(sockets);
    }

    @Override
    public void open(TransportListener listener) {
        engine.listener = listener;
        engine.connect();
    }

    @Override
    public boolean send(String text) {
        try {
            engine.send(text);
            return true;
        } catch (WebsocketNotConnectedException e) {
            return false;
        }
    }

    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        if (engine.isOpen()) {
            engine.close(CloseFrame.NORMAL);
            // The engine waits for the answer forever.
            CompletableFuture.delayedExecutor(CLOSE_HANDSHAKE_MILLIS, TimeUnit.MILLISECONDS)
                    .execute(sockets::cut);
        } else {
            sockets.cut();
        }
    }

    /** Turns the engine's callbacks into ours. {@code onSetSSLParameters} stays as it is: it checks the host's name. */
    private final class Engine extends WebSocketClient {

        private volatile @Nullable TransportListener listener;
        private volatile boolean opened;
        private volatile String lastError = "";
        private final AtomicBoolean ended = new AtomicBoolean();

        Engine(TransportRequest request, Map<String, String> headers, int timeout) {
            super(request.uri(), draft, headers, timeout);
        }

        @Override
        public void onOpen(ServerHandshake handshake) {
            opened = true;
            listener().onOpen();
        }

        @Override
        public void onMessage(String text) {
            listener().onText(text);
        }

        @Override
        public void onWebsocketPing(WebSocket socket, Framedata frame) {
            super.onWebsocketPing(socket, frame);
            listener().onHeard();
        }

        @Override
        public void onError(Exception e) {
            // What ends the connection is told by onClose as well; this has the better words.
            lastError = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        }

        @Override
        public void onClose(int code, @Nullable String reason, boolean remote) {
            if (!opened) {
                // Without an open connection the engine does not close the socket on every path.
                sockets.cut();
            }
            if (ended.compareAndSet(false, true)) {
                listener().onEnd(endOf(code, reason, remote));
            }
        }

        private TransportEnd endOf(int code, @Nullable String reason, boolean byServer) {
            String words = reason == null || reason.isBlank() ? lastError : reason;
            if (!opened) {
                RefusedUpgrade refusal = draft.refusal();
                if (refusal != null) {
                    return TransportEnd.refused(
                            refusal.status(), refusal.message(), refusal.retryAfter(), refusal.byServer());
                }
                return sockets.hasConnected() ? TransportEnd.broken(words) : TransportEnd.unreachable(words);
            }
            // Below 1000 are the engine's own codes, such as -1 for a connection that was never made. It says of a
            // connection that was cut, without any code, that the server closed it.
            return code < CloseFrame.NORMAL || code == TransportEnd.NO_CLOSE_CODE
                    ? TransportEnd.broken(words)
                    : new TransportEnd(code, 0, words, null, true, byServer);
        }

        private TransportListener listener() {
            TransportListener told = listener;
            if (told == null) {
                throw new IllegalStateException("the transport was not opened");
            }
            return told;
        }
    }
}
