package live.telemetry.server.net;

import java.time.Duration;
import java.util.function.BiConsumer;
import live.telemetry.core.Identity;
import live.telemetry.core.TelemetryException;
import live.telemetry.server.net.http.AccessRules;
import live.telemetry.server.net.http.TokenSources;
import live.telemetry.server.session.SessionServer;
import org.jspecify.annotations.Nullable;

/**
 * What all connections of a server share before their upgrade.
 *
 * @param path the base path, for instance {@code /telemetry}
 * @param maxHeadBytes the largest head of a request
 * @param headTimeout how long a head may take
 * @param checkTimeout how long the check of a token may take
 * @param answerTimeout how long a peer may take over its answer
 * @param access which origins and hosts are let in
 * @param tokenSources where a token may stand
 * @param anonymous whose every session is, on a server that asks for no token; else null
 * @param sessions what all sessions share
 * @param upgrade goes on with connections that are let in
 * @param onRefused is told of tokens that were refused
 */
public record FrontSettings(
        String path,
        int maxHeadBytes,
        Duration headTimeout,
        Duration checkTimeout,
        Duration answerTimeout,
        AccessRules access,
        TokenSources tokenSources,
        @Nullable Identity anonymous,
        SessionServer sessions,
        Upgrade upgrade,
        BiConsumer<Connection, TelemetryException> onRefused) {

    /** Goes on with a connection after its upgrade. */
    @FunctionalInterface
    public interface Upgrade {
        /**
         * Called on the connection's loop.
         *
         * @param connection whose next handler is wanted
         * @param answer the bytes that grant the upgrade, which are to be written first
         * @param identity whose connection it is
         * @return the next handler
         */
        ConnectionHandler open(Connection connection, byte[] answer, Identity identity);
    }
}
