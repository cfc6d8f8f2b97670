package live.telemetry.server.net.poll;

import java.util.List;
import live.telemetry.server.net.Connection;
import live.telemetry.server.net.Endpoint;
import live.telemetry.server.net.Exchange;
import live.telemetry.server.net.SessionOpener;
import live.telemetry.server.net.http.HttpMethod;
import live.telemetry.server.net.subscription.SubscriptionRequest;

/** Answers polls, at once or when there is something. */
public final class PollEndpoint implements Endpoint {

    /** What answers may take together that their peers have not taken yet. */
    private static final long MAX_ANSWER_MEMORY = 64L << 20;

    private final int maxSubscriptions;
    private final SessionOpener sessions;
    private final AnswerMemory memory = new AnswerMemory(MAX_ANSWER_MEMORY);

    /**
     * The endpoint of a server.
     *
     * @param maxSubscriptions topics and patterns of one poll
     * @param sessions opens the sessions
     */
    public PollEndpoint(int maxSubscriptions, SessionOpener sessions) {
        this.maxSubscriptions = maxSubscriptions;
        this.sessions = sessions;
    }

    @Override
    public List<HttpMethod> methods() {
        return List.of(HttpMethod.GET, HttpMethod.POST);
    }

    @Override
    public void serve(Exchange exchange) {
        SubscriptionRequest request = SubscriptionRequest.of(exchange.head(), exchange.body(), null);
        request.require(exchange.identity().rights(), maxSubscriptions);
        Connection connection = exchange.connection();
        HeldPoll poll = new HeldPoll(
                connection.loop(),
                connection.loop().batchAside(),
                request,
                memory::nextBytes,
                transport -> sessions.open(exchange.identity(), connection, transport),
                answer -> exchange.answer(answer, memory.use(answer.length())));
        exchange.hold(poll);
        poll.begin();
    }
}
