package live.telemetry.server.net;

import java.time.Duration;
import java.util.function.BiConsumer;
import live.telemetry.core.Identity;
import live.telemetry.core.TelemetryException;
import live.telemetry.server.net.http.AccessRules;
import live.telemetry.server.net.http.TokenSources;
import live.telemetry.server.net.websocket.WebSocketSettings;
import live.telemetry.server.session.Session;
import live.telemetry.server.session.SessionServer;
import live.telemetry.server.session.Transport;
import org.jspecify.annotations.Nullable;

/**
 * What all connections of a server share before their upgrade.
 *
 * @param path the base path, for instance {@code /telemetry}
 * @param maxHeadBytes the largest head of a request
 * @param headTimeout how long a head may take
 * @param checkTimeout how long the check of a token may take
 * @param access which origins and hosts are let in
 * @param tokenSources where a token may stand
 * @param anonymous whose every session is, on a server that asks for no token; else null
 * @param webSocket bounds and times after the upgrade
 * @param sessions what all sessions share
 * @param opener opens sessions
 * @param onRefused is told of tokens that were refused
 */
public record FrontSettings(
        String path,
        int maxHeadBytes,
        Duration headTimeout,
        Duration checkTimeout,
        AccessRules access,
        TokenSources tokenSources,
        @Nullable Identity anonymous,
        WebSocketSettings webSocket,
        SessionServer sessions,
        SessionOpener opener,
        BiConsumer<Connection, TelemetryException> onRefused) {

    /** Opens a session over a transport. */
    @FunctionalInterface
    public interface SessionOpener {
        /** Called on the connection's loop. */
        Session open(Identity identity, Connection connection, Transport transport);
    }
}
