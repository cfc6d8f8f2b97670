package live.telemetry.server.net;

import live.telemetry.core.Identity;
import live.telemetry.core.TelemetryException;
import live.telemetry.server.net.http.Admission;
import live.telemetry.server.net.http.CrossOrigin;
import live.telemetry.server.net.http.HttpAnswer;
import live.telemetry.server.net.http.HttpDate;
import live.telemetry.server.net.http.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * A request that has come completely, and its one answer. Whoever answers may take its time; once the connection is closed, or
 * the request was answered, a further answer is ignored. Confined to the connection's loop.
 */
public final class Exchange {

    private final HttpFront front;
    private final Connection connection;
    private final RequestHead head;
    private final Admission admission;
    private final @Nullable Identity identity;
    private final byte[] body;
    private @Nullable Held held;

    Exchange(
            HttpFront front,
            Connection connection,
            RequestHead head,
            Admission admission,
            @Nullable Identity identity,
            byte[] body) {
        this.front = front;
        this.connection = connection;
        this.head = head;
        this.admission = admission;
        this.identity = identity;
        this.body = body;
    }

    /** What has to know while a request waits for its answer. */
    public interface Held {
        /** The server stops: answer now. */
        void shutDown(long reconnectAfterMillis);

        /** The connection is gone, nobody will read the answer. */
        void onClosed();
    }

    /** The request. */
    public RequestHead head() {
        return head;
    }

    /** Its body; empty if it has none. */
    public byte[] body() {
        return body;
    }

    /** The connection that it came on. */
    public Connection connection() {
        return connection;
    }

    /** Who asks; not at an endpoint that is open to anybody. */
    public Identity identity() {
        if (identity == null) {
            throw new IllegalStateException("nobody was asked who he is");
        }
        return identity;
    }

    /** Answers; the connection goes on with the next request, if the peer allows. */
    public void answer(HttpAnswer answer) {
        answer(answer, () -> {});
    }

    /**
     * Answers, and wants to know when the answer takes no memory any more.
     *
     * @param answer the answer
     * @param whenGone runs once, on the loop: the peer has taken it, or the connection is closed
     */
    public void answer(HttpAnswer answer, Runnable whenGone) {
        front.answer(this, answer.keepAlive(head.keepAlive()), whenGone);
    }

    /** Refuses. */
    public void fail(TelemetryException error) {
        answer(HttpAnswer.error(error));
    }

    /** Answers later, and wants to know what happens until then. */
    public void hold(Held holder) {
        held = holder;
    }

    /**
     * What every answer says besides, for one that is not given by {@link #answer}: the time, and the fields by which a browser lets
     * a page read it.
     *
     * @param answer the answer
     * @return the answer with the fields
     */
    public HttpAnswer completed(HttpAnswer answer) {
        HttpAnswer dated = answer.with("Date", HttpDate.of(connection.loop().wallMillis()));
        return CrossOrigin.expose(dated, admission);
    }

    /** The connection speaks something else from here on; what the peer has sent already goes there. */
    public void handOver(ConnectionHandler next) {
        front.handOver(this, next);
    }

    @Nullable
    Held held() {
        return held;
    }
}
