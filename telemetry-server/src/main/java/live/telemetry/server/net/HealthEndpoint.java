package live.telemetry.server.net;

import java.util.List;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.json.JsonText;
import live.telemetry.server.net.http.HttpAnswer;
import live.telemetry.server.net.http.HttpMethod;
import live.telemetry.server.session.SessionServer;

/** How the server is, for load balancers. */
public final class HealthEndpoint implements Endpoint {

    private final SessionServer server;

    /**
     * The endpoint of a server.
     *
     * @param server whose health it is
     */
    public HealthEndpoint(SessionServer server) {
        this.server = server;
    }

    @Override
    public List<HttpMethod> methods() {
        return List.of(HttpMethod.GET, HttpMethod.HEAD);
    }

    @Override
    public boolean needsToken() {
        return false;
    }

    @Override
    public boolean answersAnyHost() {
        return true;
    }

    @Override
    public void serve(Exchange exchange) {
        Broadcaster.State state = server.node().state();
        String detail = server.node().detail();
        String json = JsonText.object()
                .field("status", state.name())
                .field("node", server.nodeName())
                .field("detail", detail.isEmpty() ? null : detail)
                .text();
        exchange.answer(HttpAnswer.json(state == Broadcaster.State.DOWN ? 503 : 200, json));
    }
}
