package live.telemetry.server.net;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Function;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Identity;
import live.telemetry.core.TelemetryException;
import live.telemetry.server.net.http.AccessRules;
import live.telemetry.server.net.http.HttpException;
import live.telemetry.server.net.http.RequestHead;
import live.telemetry.server.net.http.TokenSources;
import org.jspecify.annotations.Nullable;

/**
 * What all connections of a server share while they speak HTTP.
 *
 * @param endpoints what is served, by path
 * @param maxHeadBytes the largest head of a request
 * @param maxBodyBytes the largest body of a request
 * @param headTimeout how long a head may take
 * @param bodyTimeout how long a body may take
 * @param checkTimeout how long the check of a token may take
 * @param answerTimeout how long a peer may take over its answer
 * @param access which origins and hosts are let in
 * @param tokenSources where a token may stand
 * @param anonymous whose every request is, on a server that asks for no token; else null
 * @param authenticator verifies a token, off the loop
 * @param onRefused is told of tokens that were refused
 */
public record FrontSettings(
        Map<String, Endpoint> endpoints,
        int maxHeadBytes,
        int maxBodyBytes,
        Duration headTimeout,
        Duration bodyTimeout,
        Duration checkTimeout,
        Duration answerTimeout,
        AccessRules access,
        TokenSources tokenSources,
        @Nullable Identity anonymous,
        Function<String, CompletionStage<Identity>> authenticator,
        BiConsumer<Connection, TelemetryException> onRefused) {

    /** What is served at the path of a request; 404 if nothing is. */
    Endpoint endpoint(RequestHead head) {
        Endpoint endpoint = endpoints.get(head.path());
        if (endpoint == null) {
            throw new HttpException(ErrorCode.NOT_FOUND, "there is nothing at this path");
        }
        return endpoint;
    }
}
