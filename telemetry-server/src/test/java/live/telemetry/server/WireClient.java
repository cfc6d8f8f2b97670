package live.telemetry.server;

import static org.assertj.core.api.Assertions.fail;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.handshake.ServerHandshake;
import org.java_websocket.protocols.Protocol;

/** A client that sends and shows raw envelopes, so that tests see the wire and not what a client library makes of it. */
final class WireClient implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 10;

    private final BlockingQueue<JsonObject> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final WebSocketClient socket;

    private WireClient(URI uri, Map<String, String> headers) {
        URI target = URI.create(uri.toString().replaceFirst("^http", "ws"));
        Draft_6455 draft = new Draft_6455(List.of(), List.of(new Protocol("telemetry.v1")));
        this.socket = new WebSocketClient(target, draft, headers, 5_000) {
            @Override
            public void onOpen(ServerHandshake handshake) {
                // The welcome tells.
            }

            @Override
            public void onMessage(String message) {
                received.add(JsonParser.parseString(message).getAsJsonObject());
            }

            @Override
            public void onClose(int code, String reason, boolean remote) {
                closed.complete(code);
            }

            @Override
            public void onError(Exception e) {
                closed.complete(-1);
            }
        };
        socket.setConnectionLostTimeout(0);
        socket.setTcpNoDelay(true);
        if (target.getScheme().equals("wss")) {
            socket.setSocketFactory(TestAuthority.CLIENT.getSocketFactory());
        }
    }

    /** Connects, and takes the welcome. */
    static WireClient connect(TelemetryServer server) throws InterruptedException {
        return connect(server, Map.of());
    }

    static WireClient connect(TelemetryServer server, String token) throws InterruptedException {
        return connect(server, Map.of("Authorization", "Bearer " + token));
    }

    static WireClient connect(TelemetryServer server, Map<String, String> headers) throws InterruptedException {
        WireClient client = new WireClient(server.uri(), headers);
        if (!client.socket.connectBlocking(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            fail("not connected");
        }
        client.expect("welcome");
        return client;
    }

    void send(String json) {
        socket.send(json.replace('\'', '"'));
    }

    WebSocketClient socket() {
        return socket;
    }

    /** The next envelope. */
    JsonObject next() throws InterruptedException {
        JsonObject envelope = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (envelope == null) {
            fail("nothing came; closed: " + closed.getNow(null));
        }
        return envelope;
    }

    /** The next envelope, which must be of this type. */
    JsonObject expect(String type) throws InterruptedException {
        JsonObject envelope = next();
        if (!envelope.get("type").getAsString().equals(type)) {
            fail("expected " + type + " but got " + envelope);
        }
        return envelope;
    }

    /** The next envelopes that are data, and their numbers. */
    List<Long> expectData(int count) throws InterruptedException {
        List<Long> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            numbers.add(expect("data").get("seq").getAsLong());
        }
        return numbers;
    }

    /** Skips until one fits. */
    JsonObject until(Predicate<JsonObject> wanted) throws InterruptedException {
        JsonObject envelope;
        do {
            envelope = next();
        } while (!wanted.test(envelope));
        return envelope;
    }

    /** What has arrived and was not looked at. */
    List<JsonObject> drain() {
        List<JsonObject> all = new ArrayList<>();
        received.drainTo(all);
        return all;
    }

    boolean isSilent() {
        return received.isEmpty();
    }

    int expectClose() throws Exception {
        return closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        socket.close();
    }
}
