package live.telemetry.server;

import live.telemetry.core.Broadcaster;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Identity;

/**
 * Is told what happens on a server. Called on one thread of the server's own, one event after another; what it throws is
 * logged and counted. Events wait in a bounded queue: if the listener is too slow, later ones are dropped and counted.
 */
public interface ServerListener {

    /** Does nothing. */
    ServerListener NONE = new ServerListener() {};

    /**
     * A session has begun.
     *
     * @param event which
     */
    default void onSessionOpened(SessionEvent event) {}

    /**
     * A session has ended.
     *
     * @param event which
     */
    default void onSessionClosed(SessionEvent event) {}

    /**
     * A token was refused.
     *
     * @param event whose
     */
    default void onTokenRefused(RefusedEvent event) {}

    /**
     * The broadcaster is in another state.
     *
     * @param event which
     */
    default void onBroadcasterState(StateEvent event) {}

    /**
     * A session.
     *
     * @param session its id, as the client knows it from {@code welcome}
     * @param peer the peer's address
     * @param identity whose it is
     */
    record SessionEvent(String session, String peer, Identity identity) {}

    /**
     * A refused token.
     *
     * @param peer the peer's address
     * @param code why, as the protocol names it
     * @param message why, in words
     */
    record RefusedEvent(String peer, ErrorCode code, String message) {}

    /**
     * A state.
     *
     * @param state the new one
     */
    record StateEvent(Broadcaster.State state) {}
}
