package live.telemetry.server.net.sse;

import java.util.List;
import live.telemetry.server.net.Endpoint;
import live.telemetry.server.net.Exchange;
import live.telemetry.server.net.SessionOpener;
import live.telemetry.server.net.http.HttpAnswer;
import live.telemetry.server.net.http.HttpMethod;
import live.telemetry.server.net.subscription.SubscriptionRequest;
import org.jspecify.annotations.Nullable;

/** Opens streams of Server-Sent Events. */
public final class EventsEndpoint implements Endpoint {

    private final SseSettings settings;
    private final SessionOpener sessions;

    /**
     * The endpoint of a server.
     *
     * @param settings bounds and times
     * @param sessions opens the sessions
     */
    public EventsEndpoint(SseSettings settings, SessionOpener sessions) {
        this.settings = settings;
        this.sessions = sessions;
    }

    @Override
    public List<HttpMethod> methods() {
        return List.of(HttpMethod.GET, HttpMethod.POST);
    }

    @Override
    public void serve(Exchange exchange) {
        SubscriptionRequest request = SubscriptionRequest.of(exchange.head(), exchange.body(), lastEventId(exchange));
        request.require(exchange.identity().rights(), settings.maxSubscriptions());
        byte[] head = exchange.completed(HttpAnswer.eventStream()).head();
        exchange.handOver(new SseTransport(
                exchange.connection(),
                request,
                settings,
                head,
                transport -> sessions.open(exchange.identity(), exchange.connection(), transport)));
    }

    /** A client sends an empty one after its id was taken back. */
    private static @Nullable String lastEventId(Exchange exchange) {
        return exchange.head()
                .fields()
                .first("Last-Event-ID")
                .filter(id -> !id.isEmpty())
                .orElse(null);
    }
}
