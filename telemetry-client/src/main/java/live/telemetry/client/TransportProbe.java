package live.telemetry.client;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.DoubleSupplier;
import live.telemetry.client.ClientLoop.Timer;
import live.telemetry.client.transport.TransportEnd;
import live.telemetry.client.transport.TransportKind;
import live.telemetry.core.envelope.ClientEnvelope.Ping;
import live.telemetry.core.envelope.EnvelopeCodec;
import live.telemetry.core.envelope.ServerEnvelope;
import live.telemetry.core.envelope.ServerEnvelope.Welcome;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries in the background whether a better transport gets through by now. One that is welcomed, and answered once
 * more, waits without a subscription until the connection goes over to it. Only on the loop.
 */
final class TransportProbe implements Attempt.Owner {

    private static final Logger log = LoggerFactory.getLogger(TransportProbe.class);

    private final Attempts attempts;
    private final Fallback fallback;
    private final DoubleSupplier random;
    private final Winner winner;

    private List<TransportKind> better = List.of();
    private int candidate;
    private @Nullable URI uri;
    private Duration longestWait = Duration.ZERO;
    private @Nullable Timer next;
    private @Nullable Attempt attempt;
    /** Of an attempt that has still to prove that it works. */
    private @Nullable Welcome candidateWelcome;

    /** What is told of a better transport that works. */
    @FunctionalInterface
    interface Winner {

        void welcomed(Attempt better, Welcome welcome);
    }

    TransportProbe(Attempts attempts, DoubleSupplier random, Winner winner) {
        this.attempts = attempts;
        this.fallback = attempts.settings().fallback();
        this.random = random;
        this.winner = winner;
    }

    /** @param better which to try, the best first; none if there is nothing better */
    void plan(URI uri, List<TransportKind> better) {
        stop();
        this.uri = uri;
        this.better = better;
        longestWait = fallback.probeAfter();
        candidate = 0;
        waitForNext();
    }

    void stop() {
        better = List.of();
        cancelNext();
        candidateWelcome = null;
        if (attempt != null) {
            attempt.giveUp();
            attempt = null;
        }
    }

    private void cancelNext() {
        if (next != null) {
            next.cancel();
            next = null;
        }
    }

    /** Gives the attempt away; false if it has ended, or was given up. */
    boolean release(Attempt wanted) {
        if (attempt != wanted) {
            return false;
        }
        attempt = null;
        return true;
    }

    private void waitForNext() {
        if (better.isEmpty()) {
            return;
        }
        long millis = longestWait.toMillis();
        Duration wait = Duration.ofMillis(millis / 2 + (long) (random.getAsDouble() * millis / 2));
        next = attempts.loop().schedule(wait, this::probe);
    }

    private void probe() {
        next = null;
        URI target = uri;
        if (target != null) {
            attempts.counters().probes.increment();
            Attempt begun = new Attempt(attempts, target, better.get(candidate), this);
            attempt = begun;
            begun.begin(false);
        }
    }

    /** Something on the way may let a welcome through and swallow the rest, so the server has to answer once more. */
    @Override
    public void welcomed(Attempt from, Welcome welcome) {
        if (attempt == from) {
            candidateWelcome = welcome;
            from.send(EnvelopeCodec.encode(new Ping(0L)));
            Duration patience = fallback.patience();
            next = attempts.loop()
                    .schedule(patience, () -> ended(from, TransportEnd.broken("swallowed behind its welcome"), null));
        }
    }

    @Override
    public void received(ServerEnvelope envelope) {
        Attempt proven = attempt;
        Welcome welcome = candidateWelcome;
        if (proven != null && welcome != null) {
            candidateWelcome = null;
            cancelNext();
            winner.welcomed(proven, welcome);
        }
    }

    @Override
    public void ended(Attempt from, TransportEnd end, @Nullable Duration askedWait) {
        if (attempt != from) {
            return;
        }
        attempt = null;
        candidateWelcome = null;
        cancelNext();
        from.giveUp();
        log.debug("{} does not get through yet: {}", from.kind(), end.reason());
        candidate++;
        if (candidate < better.size()) {
            probe();
            return;
        }
        candidate = 0;
        Duration doubled = longestWait.multipliedBy(2);
        longestWait = doubled.compareTo(fallback.probeAtMost()) > 0 ? fallback.probeAtMost() : doubled;
        waitForNext();
    }
}
