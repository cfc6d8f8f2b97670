package live.telemetry.server.net;

import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Identity;
import live.telemetry.core.TelemetryException;
import live.telemetry.server.net.http.Admission;
import live.telemetry.server.net.http.HttpException;
import live.telemetry.server.net.http.RequestHead;
import live.telemetry.server.session.Loop;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The token of one request: found, checked off the loop, and answered on it, once. Confined to the connection's loop. */
final class TokenCheck {

    private static final Logger LOG = LoggerFactory.getLogger(TokenCheck.class);

    private final Connection connection;
    private final FrontSettings settings;
    private final Consumer<Identity> onAccepted;
    private final Consumer<TelemetryException> onRefused;
    private final Loop.Timer deadline;
    private boolean over;

    /**
     * Begins to check.
     *
     * @throws HttpException if there is no token to check
     */
    TokenCheck(
            Connection connection,
            FrontSettings settings,
            RequestHead head,
            Admission admission,
            Consumer<Identity> onAccepted,
            Consumer<TelemetryException> onRefused) {
        this.connection = connection;
        this.settings = settings;
        this.onAccepted = onAccepted;
        this.onRefused = onRefused;
        String token = settings.tokenSources()
                .find(head, admission)
                .orElseThrow(() -> new HttpException(
                        ErrorCode.UNAUTHENTICATED,
                        "a token is needed: Authorization: Bearer <token>, or the subprotocol bearer.<token>"));
        Loop loop = connection.loop();
        this.deadline = loop.schedule(settings.checkTimeout().toNanos(), this::onTimeout);
        settings.authenticator()
                .apply(token)
                .whenComplete((identity, error) -> loop.execute(() -> onChecked(identity, error)));
    }

    /** Nobody waits for the outcome any more. */
    void cancel() {
        over = true;
        deadline.cancel();
    }

    private void onChecked(@Nullable Identity identity, @Nullable Throwable error) {
        if (over) {
            return;
        }
        cancel();
        if (identity != null) {
            onAccepted.accept(identity);
            return;
        }
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof TelemetryException known) {
            LOG.debug("refused {}: {}", connection.peer(), known.getMessage());
            settings.onRefused().accept(connection, known);
            onRefused.accept(known);
        } else {
            LOG.warn("a token could not be checked", cause);
            onRefused.accept(new TelemetryException(ErrorCode.INTERNAL, HttpFront.INTERNAL));
        }
    }

    private void onTimeout() {
        cancel();
        LOG.warn("a token could not be checked within {}", settings.checkTimeout());
        onRefused.accept(
                new TelemetryException(ErrorCode.UNAVAILABLE, "the token could not be checked in time; try again"));
    }
}
