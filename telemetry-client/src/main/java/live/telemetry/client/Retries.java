package live.telemetry.client;

import java.time.Duration;
import java.util.function.DoubleSupplier;
import live.telemetry.client.transport.TransportEnd;
import org.jspecify.annotations.Nullable;

/** Decides what follows when a connection has ended or an attempt has failed. Counts; knows no time. For one thread. */
final class Retries {

    /** A token is asked for anew before each attempt, so at the second refusal in a row a fresh one was refused too. */
    private static final int REFUSALS_TO_GIVE_UP = 2;

    /** A server that asks for more is not obeyed: nobody stays away for good because of one number. */
    private static final Duration MAX_ASKED_WAIT = Duration.ofHours(1);

    private final ReconnectPolicy policy;
    private final int endpoints;
    private final DoubleSupplier random;

    private int failures;
    private int refusals;

    /** @param endpoints how many are tried in turn: the wait grows once all of them have failed */
    Retries(ReconnectPolicy policy, int endpoints, DoubleSupplier random) {
        this.policy = policy;
        this.endpoints = endpoints;
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
     * 4401 and 4403 are before there is a WebSocket. A 403 of something before the server, such as the page of a hotel's network, is
     * no decision about this client.
     *
     * @param goaway the wait that the server's {@code goaway} asked for, or null
     */
    Decision after(TransportEnd end, @Nullable Duration goaway) {
        if (end.closeCode() == 4400) {
            return Decision.terminal(ClientState.CLOSED);
        }
        if (end.closeCode() == 4403 || (end.httpStatus() == 403 && end.byServer())) {
            return Decision.terminal(ClientState.UNAUTHORIZED);
        }
        if (end.closeCode() == 4401 || end.httpStatus() == 401) {
            refusals++;
            if (refusals >= REFUSALS_TO_GIVE_UP) {
                return Decision.terminal(ClientState.UNAUTHORIZED);
            }
        }
        Duration wait = policy.delay(failures / endpoints, random.getAsDouble());
        failures++;
        if (goaway != null) {
            return new Decision(ClientState.WAITING, obeyed(goaway));
        }
        // No wait at all, or a date that is over, would make a busy loop of a server that goes on refusing.
        Duration asked = end.retryAfter();
        boolean asksToWait = asked != null && !asked.isZero();
        return new Decision(ClientState.WAITING, asksToWait ? obeyed(asked) : wait);
    }

    /** What is obeyed of a wait that a server asks for. */
    static Duration obeyed(Duration asked) {
        return asked.compareTo(MAX_ASKED_WAIT) > 0 ? MAX_ASKED_WAIT : asked;
    }

    /** The wait before a request is tried again, with the same back-off but a count of its own. */
    Duration delayOfRequest(int refused) {
        return policy.delay(refused, random.getAsDouble());
    }

    /** Whether the last failure was the first one since it worked. */
    boolean isFirstFailure() {
        return failures == 1;
    }

    /** The server has taken the token. */
    void welcomed() {
        refusals = 0;
    }

    /** The connection has worked for a while, or the application begins anew. */
    void reset() {
        failures = 0;
        refusals = 0;
    }
}
