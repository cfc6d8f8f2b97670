package live.telemetry.client.transport.http;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import live.telemetry.client.transport.Transport;
import live.telemetry.client.transport.TransportEnd;
import live.telemetry.client.transport.TransportListener;
import org.jspecify.annotations.Nullable;

/** An emulated session as a transport: its methods hand over to the session's thread. */
final class HttpTransport implements Transport {

    private final SessionThread thread;
    private final HttpCalls calls;
    private final @Nullable String token;
    private final Function<TransportListener, HttpSession> sessions;
    private final AtomicReference<@Nullable HttpSession> session = new AtomicReference<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    /** @param sessions makes the session for its listener */
    HttpTransport(
            SessionThread thread,
            HttpCalls calls,
            @Nullable String token,
            Function<TransportListener, HttpSession> sessions) {
        this.thread = thread;
        this.calls = calls;
        this.token = token;
        this.sessions = sessions;
    }

    @Override
    public void open(TransportListener listener) {
        HttpSession opened = sessions.apply(listener);
        session.set(opened);
        thread.execute(() -> opened.open(token));
        if (closed.get()) {
            end(opened);
        }
    }

    @Override
    public boolean send(String text) {
        HttpSession open = session.get();
        if (open == null || open.hasEnded() || closed.get()) {
            return false;
        }
        thread.execute(() -> open.send(text));
        return true;
    }

    /** Also where the session's thread is blocked by the listener, nothing is read or sent any more. */
    @Override
    public void close() {
        HttpSession open = session.get();
        if (closed.compareAndSet(false, true)) {
            calls.close();
            if (open != null) {
                end(open);
            }
        }
    }

    private void end(HttpSession open) {
        thread.execute(() -> open.end(TransportEnd.broken("the attempt was given up")));
    }
}
