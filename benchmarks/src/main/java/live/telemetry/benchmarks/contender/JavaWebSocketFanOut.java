package live.telemetry.benchmarks.contender;

import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.java_websocket.WebSocket;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.server.WebSocketServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Java-WebSocket's own server and its {@code broadcast}. */
public final class JavaWebSocketFanOut extends WebSocketServer implements FanOutServer {

    private static final Logger LOG = LoggerFactory.getLogger(JavaWebSocketFanOut.class);

    private static final int BACKLOG = 1_024;

    private final Envelopes envelopes = new Envelopes();
    private final CountDownLatch started = new CountDownLatch(1);

    private JavaWebSocketFanOut() {
        super(new InetSocketAddress("127.0.0.1", 0));
        // Off by default: each small frame would wait for the acknowledgement of the one before.
        setTcpNoDelay(true);
        // 50 by default, which is less than the load client opens at once.
        setMaxPendingConnections(BACKLOG);
    }

    /**
     * Serves until standard input ends.
     *
     * @param args none
     * @throws Exception if it cannot
     */
    public static void main(String[] args) throws Exception {
        JavaWebSocketFanOut server = new JavaWebSocketFanOut();
        server.start();
        server.started.await();
        ServerProcess.serve(server);
    }

    @Override
    public int port() {
        return getPort();
    }

    @Override
    public CompletionStage<?> publish(String topic, @Nullable String key, String data) {
        broadcast(envelopes.next(topic, key, data));
        return CompletableFuture.completedStage(null);
    }

    @Override
    public void close() {
        try {
            stop(1_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void onStart() {
        started.countDown();
    }

    @Override
    public void onOpen(WebSocket connection, ClientHandshake handshake) {}

    @Override
    public void onClose(WebSocket connection, int code, String reason, boolean remote) {}

    @Override
    public void onMessage(WebSocket connection, String message) {}

    @Override
    public void onError(@Nullable WebSocket connection, Exception failure) {
        LOG.debug("Java-WebSocket", failure);
    }
}
