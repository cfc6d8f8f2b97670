package live.telemetry.server.net;

import java.util.List;
import live.telemetry.core.TelemetryException;
import live.telemetry.server.net.http.HttpMethod;
import live.telemetry.server.net.http.RequestHead;

/** What is served at one path. One object for all connections, called on the loop of each. */
public interface Endpoint {

    /**
     * What it allows, besides {@code OPTIONS}, which the front answers.
     *
     * @return in the order in which {@code Allow} names them
     */
    List<HttpMethod> methods();

    /**
     * Whether who asks has to show a token, where the server wants tokens at all.
     *
     * @return true unless it holds no secrets
     */
    default boolean needsToken() {
        return true;
    }

    /**
     * Whether an anonymous server answers here under any host name, as load balancers ask.
     *
     * @return false unless a page of the web that reaches it through its visitor's browser learns nothing
     */
    default boolean answersAnyHost() {
        return false;
    }

    /**
     * Refuses what the head alone shows to be wrong, before a token is asked for.
     *
     * @param head its method is allowed
     * @throws TelemetryException that is the answer
     */
    default void check(RequestHead head) {}

    /**
     * Serves a request that was let in and has come completely.
     *
     * @param exchange to be answered, now or later, or handed over
     * @throws TelemetryException that is the answer
     */
    void serve(Exchange exchange);
}
