package live.telemetry.client;

import java.time.Duration;
import java.util.function.DoubleSupplier;
import live.telemetry.client.ClientLoop.Timer;
import live.telemetry.core.envelope.ClientEnvelope.Auth;
import live.telemetry.core.envelope.ServerEnvelope;
import live.telemetry.core.envelope.ServerEnvelope.Authenticated;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews the token of a live connection before it expires: at a random moment after three quarters of its remaining life, so that
 * clients which began together do not all ask together. What fails is tried again in the same way, until the server ends the
 * session and the next connection brings a fresh token. Only on the loop.
 */
final class TokenRefresh {

    private static final double EARLIEST = 0.75;
    private static final double SPREAD = 0.15;
    private static final long SHORTEST_WAIT_MILLIS = 1_000;

    private static final Logger log = LoggerFactory.getLogger(TokenRefresh.class);

    private final ClientLoop loop;
    private final TokenSource tokens;
    private final Duration patience;
    private final Requests requests;
    private final ServerClock clock;
    private final DoubleSupplier random;
    private final ClientCounters counters;

    /** Counts connections, so that a token that comes too late for one is not shown to another server. */
    private long connection;

    private @Nullable String shown;
    private @Nullable Timer timer;
    private boolean asking;

    TokenRefresh(
            ClientLoop loop,
            ConnectSettings settings,
            Requests requests,
            ServerClock clock,
            DoubleSupplier random,
            ClientCounters counters) {
        this.loop = loop;
        this.tokens = settings.tokens();
        this.patience = settings.timeouts().token();
        this.requests = requests;
        this.clock = clock;
        this.random = random;
        this.counters = counters;
    }

    /**
     * The clock of the server is set, so that it is known how long the token lives.
     *
     * @param token the one that this connection has shown
     * @param expiresAt milliseconds since 1970 at the server, or null if it does not expire
     */
    void connected(@Nullable String token, @Nullable Long expiresAt) {
        shown = token;
        plan(expiresAt);
    }

    void disconnected() {
        connection++;
        cancel();
        asking = false;
        shown = null;
    }

    private void cancel() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private void plan(@Nullable Long expiresAt) {
        if (expiresAt == null || tokens.isFixed()) {
            return;
        }
        long left = expiresAt - clock.nowMillis();
        long wait = (long) (left * (EARLIEST + SPREAD * random.getAsDouble()));
        if (left > 0) {
            long of = connection;
            timer = loop.schedule(Duration.ofMillis(Math.max(SHORTEST_WAIT_MILLIS, wait)), () -> ask(of, expiresAt));
        }
    }

    private void ask(long of, long expiresAt) {
        asking = true;
        timer = loop.schedule(patience, () -> {
            tokens.abandon();
            failed(of, expiresAt, "the token supplier gave none within " + patience);
        });
        tokens.next()
                .whenComplete((token, error) -> loop.execute(() -> {
                    if (error != null) {
                        failed(of, expiresAt, String.valueOf(error.getMessage()));
                    } else if (token == null || token.equals(shown)) {
                        failed(of, expiresAt, "the token supplier gave the token that is in force");
                    } else {
                        show(of, expiresAt, token);
                    }
                }));
    }

    private void show(long of, long expiresAt, String token) {
        if (of != connection || !asking) {
            return;
        }
        asking = false;
        cancel();
        requests.send(id -> new Auth(id, token), answer -> renewed(token, answer), failure -> {
            log.info("The server refused a renewed token: {} {}", failure.code(), failure.message());
            plan(expiresAt);
        });
    }

    private void renewed(String token, ServerEnvelope answer) {
        if (answer instanceof Authenticated authenticated) {
            shown = token;
            counters.tokenRenewals.increment();
            plan(authenticated.expiresAt());
        }
    }

    private void failed(long of, long expiresAt, String reason) {
        if (of == connection && asking) {
            asking = false;
            cancel();
            log.info("The token was not renewed: {}", reason);
            plan(expiresAt);
        }
    }
}
