package live.telemetry.server.net.websocket;

import java.util.List;
import live.telemetry.server.net.Endpoint;
import live.telemetry.server.net.Exchange;
import live.telemetry.server.net.SessionOpener;
import live.telemetry.server.net.http.HttpMethod;
import live.telemetry.server.net.http.RequestHead;
import live.telemetry.server.net.http.WebSocketHandshake;
import org.java_websocket.drafts.Draft_6455;

/** Upgrades to WebSocket. */
public final class WebSocketEndpoint implements Endpoint {

    private final WebSocketSettings settings;
    private final SessionOpener sessions;
    /** One for each loop: an engine of its own would be a fifth of what a connection takes on the heap. */
    private final ThreadLocal<Draft_6455> engine;

    /**
     * The endpoint of a server.
     *
     * @param settings bounds and times
     * @param sessions opens the sessions
     */
    public WebSocketEndpoint(WebSocketSettings settings, SessionOpener sessions) {
        this.settings = settings;
        this.sessions = sessions;
        this.engine = ThreadLocal.withInitial(() -> new Draft_6455(List.of(), settings.maxMessageBytes()));
    }

    @Override
    public List<HttpMethod> methods() {
        return List.of(HttpMethod.GET);
    }

    @Override
    public void check(RequestHead head) {
        WebSocketHandshake.of(head);
    }

    @Override
    public void serve(Exchange exchange) {
        byte[] answer = WebSocketHandshake.of(exchange.head()).answer();
        exchange.handOver(new WebSocketTransport(
                exchange.connection(),
                answer,
                engine.get(),
                settings,
                transport -> sessions.open(exchange.identity(), exchange.connection(), transport)));
    }
}
