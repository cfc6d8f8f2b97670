package live.telemetry.server.session;

import java.time.Instant;
import java.util.concurrent.TimeUnit;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Identity;
import live.telemetry.core.envelope.ClientEnvelope.Auth;
import live.telemetry.core.envelope.ServerEnvelope.Authenticated;
import org.jspecify.annotations.Nullable;

/** The token of a session: it is renewed by {@code auth}, and at its expiry the session ends. */
final class TokenLifetime {

    /** How long after the expiry a session may go on while a new token is just being checked. */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Session session;
    private Identity identity;
    private int checksInFlight;
    private long checksBegun;
    private long inForce;
    private boolean expired;
    private Loop.@Nullable Timer expiry;

    TokenLifetime(Session session, Identity identity) {
        this.session = session;
        this.identity = identity;
        scheduleExpiry();
    }

    Identity identity() {
        return identity;
    }

    @Nullable
    Long expiresAtMillis() {
        Instant at = identity.expiresAt();
        return at == null ? null : at.toEpochMilli();
    }

    /** When the session ends: the leeway is that of the admission, since the same clocks differ. */
    private @Nullable Long endsAtMillis() {
        Instant at = identity.expiresAt();
        return at == null ? null : at.plus(identity.leeway()).toEpochMilli();
    }

    void renew(Auth auth) {
        checksInFlight++;
        long number = ++checksBegun;
        session.await(
                session.server().authenticate(auth.token()),
                renewed -> {
                    checksInFlight--;
                    replace(auth, number, renewed);
                    endIfExpired();
                },
                error -> {
                    checksInFlight--;
                    session.fail(auth.id(), error);
                    endIfExpired();
                });
    }

    private void replace(Auth auth, long number, Identity renewed) {
        if (!renewed.subject().equals(identity.subject())) {
            session.fail(auth.id(), ErrorCode.FORBIDDEN, "the new token is for another subject; connect anew with it");
            return;
        }
        // One that was sent later may have been checked earlier, and has then replaced this one already.
        boolean newest = number > inForce;
        boolean otherRights = newest && !renewed.rights().equals(identity.rights());
        if (newest) {
            inForce = number;
            identity = renewed;
            expired = false;
            scheduleExpiry();
        }
        session.send(new Authenticated(auth.id(), expiresAtMillis()));
        if (otherRights) {
            session.subscriptions().applyRights();
        }
    }

    private void scheduleExpiry() {
        close();
        Long at = endsAtMillis();
        if (at != null) {
            long delayMillis = Math.max(0, at - session.loop().wallMillis());
            // A token may be valid for centuries; nanoseconds may not.
            long capped = Math.min(delayMillis, TimeUnit.DAYS.toMillis(1));
            expiry = session.loop().schedule(TimeUnit.MILLISECONDS.toNanos(capped), this::onTimer);
        }
    }

    private void onTimer() {
        Long at = endsAtMillis();
        if (at == null || at > session.loop().wallMillis()) {
            scheduleExpiry();
            return;
        }
        if (checksInFlight > 0 && !expired) {
            expired = true;
            expiry = session.loop().schedule(GRACE_NANOS, this::end);
        } else {
            end();
        }
    }

    private void endIfExpired() {
        if (expired && checksInFlight == 0) {
            end();
        }
    }

    private void end() {
        session.fail(null, ErrorCode.UNAUTHENTICATED, "the token has expired; connect with a new one");
        session.end(CloseReason.UNAUTHENTICATED);
    }

    void close() {
        Loop.Timer waiting = expiry;
        if (waiting != null) {
            waiting.cancel();
            expiry = null;
        }
    }
}
