package live.telemetry.server.net;

import live.telemetry.core.Identity;
import live.telemetry.server.session.Session;
import live.telemetry.server.session.Transport;

/** Opens the sessions of a server. */
@FunctionalInterface
public interface SessionOpener {

    /**
     * Called on the connection's loop.
     *
     * @param identity whose session it is
     * @param connection what it is on
     * @param transport what carries it
     * @return the session
     */
    Session open(Identity identity, Connection connection, Transport transport);
}
