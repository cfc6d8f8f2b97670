package live.telemetry.benchmarks.contender;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;
import org.jspecify.annotations.Nullable;

/** Jetty 12 with its WebSocket API: a text for each open session. */
public final class JettyFanOut implements FanOutServer {

    private final Envelopes envelopes = new Envelopes();
    private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
    private final Server server = new Server();
    private final ServerConnector connector = new ServerConnector(server);

    private JettyFanOut() throws Exception {
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(WebSocketUpgradeHandler.from(server, container -> {
            container.setIdleTimeout(Duration.ofHours(1));
            container.addMapping("/*", (request, response, callback) -> new Endpoint());
        }));
        server.start();
    }

    /**
     * Serves until standard input ends.
     *
     * @param args none
     * @throws Exception if it cannot
     */
    public static void main(String[] args) throws Exception {
        ServerProcess.serve(new JettyFanOut());
    }

    @Override
    public int port() {
        return connector.getLocalPort();
    }

    @Override
    public CompletionStage<?> publish(String topic, @Nullable String key, String data) {
        String text = envelopes.next(topic, key, data);
        for (Session session : sessions) {
            session.sendText(text, Callback.NOOP);
        }
        return CompletableFuture.completedStage(null);
    }

    @Override
    public void close() {
        LifeCycle.stop(server);
    }

    /** One connection. Public, as Jetty wants it. */
    public final class Endpoint extends Session.Listener.AbstractAutoDemanding {
        private Endpoint() {}

        @Override
        public void onWebSocketOpen(Session session) {
            super.onWebSocketOpen(session);
            sessions.add(session);
        }

        @Override
        public void onWebSocketClose(int code, String reason) {
            sessions.remove(getSession());
        }
    }
}
