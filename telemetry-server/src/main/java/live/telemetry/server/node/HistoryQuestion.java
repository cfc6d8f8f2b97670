package live.telemetry.server.node;

import live.telemetry.core.Position;

/** A question for history that can be answered while it is still being asked. */
final class HistoryQuestion {

    private final Position after;
    private final Thread asking = Thread.currentThread();

    // Confined to the thread that asks.
    private boolean asked;

    HistoryQuestion(Position after) {
        this.after = after;
    }

    Position after() {
        return after;
    }

    /** The call of the broadcaster has come back. */
    void wasAsked() {
        asked = true;
    }

    /** Whether the caller stands within the call of the broadcaster. */
    boolean isBeingAsked() {
        return Thread.currentThread() == asking && !asked;
    }
}
