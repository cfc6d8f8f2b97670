package live.telemetry.client;

import java.time.Duration;
import java.util.Optional;
import live.telemetry.client.ClientLoop.Timer;
import live.telemetry.core.envelope.ClientEnvelope.Ping;
import live.telemetry.core.envelope.ServerEnvelope.Pong;
import org.jspecify.annotations.Nullable;

/**
 * Measures the round trip to the server, and by that what time it is there: a token expires by the server's clock, and this
 * machine's may be wrong. Only on the loop, but for {@link #roundTrip()}.
 */
final class ServerClock {

    /** The server's heartbeat is taken between these bounds for the interval of the measurements. */
    private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);

    private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(15);

    private final ClientLoop loop;
    private final Requests requests;

    private volatile @Nullable Duration roundTrip;

    private Runnable onSet = () -> {};
    private @Nullable Timer next;
    private long lastPing = -1;
    private boolean set;
    private long aheadMillis;

    ServerClock(ClientLoop loop, Requests requests) {
        this.loop = loop;
        this.requests = requests;
    }

    /** The last measurement on this connection. Any thread. */
    Optional<Duration> roundTrip() {
        return Optional.ofNullable(roundTrip);
    }

    /** @param onSet is called once the time of this server is known */
    void connected(long heartbeatMillis, Runnable onSet) {
        this.onSet = onSet;
        long millis = Math.max(SHORTEST_INTERVAL.toMillis(), Math.min(heartbeatMillis, LONGEST_INTERVAL.toMillis()));
        measure(Duration.ofMillis(millis));
    }

    void disconnected() {
        if (next != null) {
            next.cancel();
        }
        set = false;
        roundTrip = null;
    }

    /** Milliseconds since 1970 at the server, once it is set. */
    long nowMillis() {
        return loop.nowMillis() + aheadMillis;
    }

    private void measure(Duration interval) {
        requests.forget(lastPing);
        long sentAt = loop.nowMillis();
        lastPing = requests.send(
                Ping::new,
                answer -> {
                    if (answer instanceof Pong pong) {
                        measured(sentAt, pong);
                    }
                },
                failure -> {});
        next = loop.schedule(interval, () -> measure(interval));
    }

    private void measured(long sentAt, Pong pong) {
        long now = loop.nowMillis();
        roundTrip = Duration.ofMillis(now - sentAt);
        aheadMillis = pong.timestampMillis() + (now - sentAt) / 2 - now;
        if (!set) {
            set = true;
            onSet.run();
        }
    }
}
