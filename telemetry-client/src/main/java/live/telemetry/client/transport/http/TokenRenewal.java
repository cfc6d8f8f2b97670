package live.telemetry.client.transport.http;

import java.util.function.Consumer;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.envelope.ClientEnvelope.Auth;
import live.telemetry.core.envelope.ServerEnvelope;
import live.telemetry.core.envelope.ServerEnvelope.Authenticated;
import live.telemetry.core.envelope.ServerEnvelope.Failure;
import live.telemetry.core.envelope.ServerEnvelope.Welcome;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code auth}: a stream of nothing is opened with the new token, which tells whether the server accepts it, whatever the
 * session is subscribed to. Only on the session's thread.
 */
final class TokenRenewal {

    private final HttpCalls calls;
    private final EnvelopeStream.Kind kind;
    private final Consumer<ServerEnvelope> core;
    private final Consumer<String> onAccepted;
    private @Nullable Probe probe;

    /** @param onAccepted is given the token that is in force from now on */
    TokenRenewal(
            HttpCalls calls, EnvelopeStream.Kind kind, Consumer<ServerEnvelope> core, Consumer<String> onAccepted) {
        this.calls = calls;
        this.kind = kind;
        this.core = core;
        this.onAccepted = onAccepted;
    }

    void renew(Auth auth) {
        Probe before = probe;
        if (before != null) {
            before.stop();
            core.accept(new Failure(before.auth.id(), ErrorCode.UNAUTHENTICATED, "another token came after this one"));
        }
        Probe begun = new Probe(auth);
        probe = begun;
        begun.stream = kind.open(calls, auth.token(), begun, begun);
    }

    private final class Probe implements EnvelopeStream.Listener, EnvelopeStream.Bodies {

        private final Auth auth;
        private @Nullable EnvelopeStream stream;

        Probe(Auth auth) {
            this.auth = auth;
        }

        private void stop() {
            probe = null;
            if (stream != null) {
                stream.cancel();
            }
        }

        @Override
        public void accepted(Welcome welcome) {
            stop();
            onAccepted.accept(auth.token());
            core.accept(new Authenticated(auth.id(), welcome.expiresAt()));
        }

        @Override
        public void ended(StreamEnd end) {
            stop();
            core.accept(end.asFailure(auth.id()));
        }

        @Override
        public boolean received(ServerEnvelope envelope, String text) {
            return true;
        }

        @Override
        public void heard() {
            // The stream that is read says so as well.
        }

        @Override
        public String first(int waitSeconds) {
            return RequestBody.of(RequestBody.NOTHING, null, waitSeconds);
        }

        @Override
        public @Nullable String next(String cursor, int waitSeconds) {
            return null;
        }
    }
}
