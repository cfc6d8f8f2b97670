package live.telemetry.server.net.websocket;

import java.util.List;
import live.telemetry.server.net.Endpoint;
import live.telemetry.server.net.Exchange;
import live.telemetry.server.net.SessionOpener;
import live.telemetry.server.net.http.HttpMethod;
import live.telemetry.server.net.http.RequestHead;
import live.telemetry.server.net.http.WebSocketHandshake;

/** Upgrades to WebSocket. */
public final class WebSocketEndpoint implements Endpoint {

    private final WebSocketSettings settings;
    private final SessionOpener sessions;

    /**
     * The endpoint of a server.
     *
     * @param settings bounds and times
     * @param sessions opens the sessions
     */
    public WebSocketEndpoint(WebSocketSettings settings, SessionOpener sessions) {
        this.settings = settings;
        this.sessions = sessions;
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
                settings,
                transport -> sessions.open(exchange.identity(), exchange.connection(), transport)));
    }
}
