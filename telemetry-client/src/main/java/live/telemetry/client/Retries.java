package live.telemetry.client;

import java.time.Duration;
import java.util.function.DoubleSupplier;
import live.telemetry.client.transport.TransportEnd;
import org.jspecify.annotations.Nullable;

/** Decides what follows when a connection has ended or an attempt has failed. Counts; knows no time. For one thread. */
final class Retries {

    /** A token is asked for anew before each attempt, so at the second refusal in a row a fresh one was refused too. */
    private static final int REFUSALS_TO_GIVE_UP = 2;

    private final ReconnectPolicy policy;
    private final DoubleSupplier random;

    private int failures;
    private int refusals;

    Retries(ReconnectPolicy policy, DoubleSupplier random) {
        this.policy = policy;
        this.random = random;
    }

    /**
     * What follows.
     *
     * @param state {@code WAITING}, or a terminal one
     * @param after how long to wait
     */
    record Decision(ClientState state, Duration after) {

        private static Decision terminal(ClientState state) {
            return new Decision(state, Duration.ZERO);
        }
    }

    /**
     * The codes that end more than a connection are in {@code docs/PROTOCOL.md} under "Close codes"; HTTP 401 and 403 are what
     * 4401 and 4403 are before there is a WebSocket.
     *
     * @param askedWait the wait that the server asked for, or null
     */
    Decision after(TransportEnd end, @Nullable Duration askedWait) {
        if (end.closeCode() == 4400) {
            return Decision.terminal(ClientState.CLOSED);
        }
        if (end.closeCode() == 4403 || end.httpStatus() == 403) {
            return Decision.terminal(ClientState.UNAUTHORIZED);
        }
        if (end.closeCode() == 4401 || end.httpStatus() == 401) {
            refusals++;
            if (refusals >= REFUSALS_TO_GIVE_UP) {
                return Decision.terminal(ClientState.UNAUTHORIZED);
            }
        }
        Duration wait = policy.delay(failures, random.getAsDouble());
        failures++;
        return new Decision(ClientState.WAITING, askedWait == null ? wait : askedWait);
    }

    /** The wait before a request is tried again, with the same back-off but a count of its own. */
    Duration delayOfRequest(int refused) {
        return policy.delay(refused, random.getAsDouble());
    }

    /** The connection has worked for a while, or the application begins anew. */
    void reset() {
        failures = 0;
        refusals = 0;
    }
}
