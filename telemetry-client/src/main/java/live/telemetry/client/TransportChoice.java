package live.telemetry.client;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import live.telemetry.client.transport.TransportEnd;
import live.telemetry.client.transport.TransportKind;

/**
 * Decides by which transport to connect. A round begins with the one that worked last, and goes through the others in their order;
 * between two rounds the client waits. What a server of ours has answered is no fault of the transport, so it ends the round. Only
 * on the loop.
 */
final class TransportChoice {

    /** A transport that has lived so often in a row only for a moment is not the one to begin with any more. */
    private static final int SHORT_LIVES = 2;

    private final List<TransportKind> order;
    private final Set<TransportKind> tried = EnumSet.noneOf(TransportKind.class);
    private TransportKind preferred;
    private TransportKind current;
    private boolean everWorked;
    private int unreachable;
    private int shortLives;

    TransportChoice(List<TransportKind> order) {
        this.order = order;
        this.preferred = order.get(0);
        this.current = preferred;
    }

    TransportKind current() {
        return current;
    }

    /** Whether another one follows at once, should this one fail. */
    boolean hasAnother() {
        return tried.size() + 1 < order.size();
    }

    /** The server has welcomed the client by the current transport. */
    void welcomed() {
        preferred = current;
        tried.clear();
        unreachable = 0;
        everWorked = true;
    }

    /** It goes on working. */
    void stable() {
        shortLives = 0;
    }

    /** A welcomed connection is gone; the client waits before the next round. */
    void lost(TransportEnd end, boolean wasStable) {
        shortLives = wasStable || end.byServer() ? 0 : shortLives + 1;
        if (shortLives >= SHORT_LIVES) {
            shortLives = 0;
            preferred = order.get((order.indexOf(preferred) + 1) % order.size());
        }
        beginRound();
    }

    /**
     * The current transport did not work.
     *
     * @return whether another one is to be tried at once; otherwise the round is over
     */
    boolean failed(TransportEnd end) {
        unreachable = end.reached() ? 0 : unreachable + 1;
        // A server that is down is down for every transport. Only if that lasts, the network may have become another
        // one.
        boolean serverIsDown = everWorked && unreachable == 1;
        tried.add(current);
        Optional<TransportKind> next =
                order.stream().filter(kind -> !tried.contains(kind)).findFirst();
        if (isDecision(end) || serverIsDown || next.isEmpty()) {
            beginRound();
            return false;
        }
        current = next.get();
        return true;
    }

    /**
     * Whether it would be the same by every transport. That our server does not understand the request is none: something on the
     * way has changed it, as proxies do that take {@code Upgrade} away.
     */
    private static boolean isDecision(TransportEnd end) {
        int status = end.httpStatus();
        boolean notUnderstood = status >= 400 && status < 500 && status != 401 && status != 403 && status != 429;
        return end.byServer() && !notUnderstood;
    }

    private void beginRound() {
        tried.clear();
        current = preferred;
    }

    /** Those that are better than the current one. */
    List<TransportKind> better() {
        return new ArrayList<>(order.subList(0, order.indexOf(current)));
    }

    /** The connection has gone over to this one. */
    void takenOver(TransportKind kind) {
        current = kind;
        welcomed();
    }
}
