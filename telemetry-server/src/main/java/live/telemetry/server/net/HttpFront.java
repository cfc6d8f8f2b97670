package live.telemetry.server.net;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Identity;
import live.telemetry.core.TelemetryException;
import live.telemetry.server.net.http.Admission;
import live.telemetry.server.net.http.CrossOrigin;
import live.telemetry.server.net.http.HeadParser;
import live.telemetry.server.net.http.HttpAnswer;
import live.telemetry.server.net.http.HttpDate;
import live.telemetry.server.net.http.HttpException;
import live.telemetry.server.net.http.HttpMethod;
import live.telemetry.server.net.http.RequestHead;
import live.telemetry.server.session.Loop;
import live.telemetry.server.session.WriteBatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection while it speaks HTTP, one request at a time: reads its head, decides who may do what, reads its body, has an
 * {@link Endpoint} serve it, writes the answer. The order is that of {@code docs/PROTOCOL.md}: path, {@code Origin} and {@code
 * Host}, method, what else the head shows, token; only then a body is read, or the connection handed over.
 *
 * <p>Nothing is read while a request is served, so a peer that sends one behind the other waits in its own socket.
 */
public final class HttpFront implements ConnectionHandler {

    private static final Logger LOG = LoggerFactory.getLogger(HttpFront.class);

    /** How long the peer may go on sending after an answer that closes: a reset would take the answer away from it. */
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** How long a connection may be idle between two requests. */
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(60);

    static final String INTERNAL = "internal error; the server's log has the details";

    private enum State {
        READING_HEAD,
        CHECKING_TOKEN,
        READING_BODY,
        SERVING,
        ANSWERING,
        LINGERING,
        HANDED_OVER
    }

    private final Connection connection;
    private final FrontSettings settings;
    private final HeadParser parser;
    private State state = State.READING_HEAD;
    private Loop.Timer deadline;

    // The request.
    private @Nullable RequestHead request;
    private @Nullable Admission admission;
    private @Nullable TokenCheck check;
    private @Nullable Identity identity;
    private @Nullable RequestBody body;
    private @Nullable Exchange exchange;
    /** What came behind the request's head: its body, the next request, or frames of a client that did not wait. */
    private byte @Nullable [] leftover;

    // The answer.
    private final AnswerOutput output = new AnswerOutput();

    private boolean headTimed = true;
    private boolean closeAfterAnswer;

    /**
     * Waits for the first request of a connection.
     *
     * @param connection the connection
     * @param settings what all connections share
     */
    public HttpFront(Connection connection, FrontSettings settings) {
        this.connection = connection;
        this.settings = settings;
        this.parser = new HeadParser(settings.maxHeadBytes());
        this.deadline = connection.loop().schedule(settings.headTimeout().toNanos(), this::onHeadTimeout);
    }

    /** Tells a connection, without reading its request, that there are too many. */
    public static ConnectionHandler refusal(Connection connection, FrontSettings settings) {
        HttpFront front = new HttpFront(connection, settings);
        front.refuse(new TelemetryException(
                ErrorCode.TOO_MANY_CONNECTIONS, "the server has as many connections as it takes; try again later"));
        return front;
    }

    // ---- ConnectionHandler

    @Override
    public void onInput(ByteBuffer in) {
        switch (state) {
            case READING_HEAD -> guarded(() -> readHead(in));
            case READING_BODY -> guarded(() -> readBody(in));
            case LINGERING -> in.position(in.limit());
            default -> throw new IllegalStateException("input while a request is " + state);
        }
    }

    @Override
    public void fill(WriteBatch batch) {
        output.fill(batch);
    }

    @Override
    public void onDrained() {
        if (output.isWaiting()) {
            if (state == State.ANSWERING) {
                // The peer has taken a part, and has as much time for the next one.
                awaitTaking();
            }
            connection.ready();
            return;
        }
        if (state != State.ANSWERING) {
            return;
        }
        output.gone();
        if (closeAfterAnswer) {
            linger();
        } else {
            nextRequest();
        }
    }

    @Override
    public void onEndOfInput() {
        switch (state) {
            case READING_HEAD, READING_BODY, LINGERING -> connection.close();
            // A half-closed peer still gets its answer, but no further request will come.
            default -> closeAfterAnswer = true;
        }
    }

    @Override
    public void shutDown(long reconnectAfterMillis) {
        closeAfterAnswer = true;
        Exchange served = exchange;
        if (state == State.CHECKING_TOKEN) {
            refuse(new TelemetryException(ErrorCode.UNAVAILABLE, "the server is going away; try again"));
        } else if (state == State.READING_HEAD || state == State.READING_BODY) {
            connection.close();
        } else if (served != null && served.held() != null) {
            served.held().shutDown(reconnectAfterMillis);
        }
    }

    @Override
    public void onClosed() {
        endPhase();
        output.gone();
        Exchange served = exchange;
        exchange = null;
        if (served != null && served.held() != null) {
            served.held().onClosed();
        }
    }

    // ---- the request

    private void readHead(ByteBuffer in) {
        Optional<RequestHead> head = parser.parse(in);
        if (head.isPresent()) {
            connection.acceptInput(false);
            keepRest(in);
            request = head.get();
            route(head.get());
        } else if (!headTimed && parser.hasBegun()) {
            headTimed = true;
            within(settings.headTimeout().toNanos(), this::onHeadTimeout);
        }
    }

    private void route(RequestHead head) {
        Endpoint endpoint = settings.endpoint(head);
        Admission admitted = settings.access().admit(head, endpoint.answersAnyHost());
        admission = admitted;
        if (head.method() == HttpMethod.OPTIONS) {
            answer(CrossOrigin.preflight(admitted, endpoint.methods().toArray(HttpMethod[]::new)));
            return;
        }
        requireServable(head, endpoint);
        if (!endpoint.needsToken()) {
            admit(head, null);
        } else if (settings.anonymous() != null) {
            admit(head, settings.anonymous());
        } else {
            endPhase();
            state = State.CHECKING_TOKEN;
            check = new TokenCheck(
                    connection, settings, head, admitted, found -> guarded(() -> admit(head, found)), this::refuse);
        }
    }

    private void requireServable(RequestHead head, Endpoint endpoint) {
        head.requireMethod(endpoint.methods().toArray(HttpMethod[]::new));
        endpoint.check(head);
        if (head.contentLength() > settings.maxBodyBytes()) {
            throw new HttpException(
                    ErrorCode.BODY_TOO_LARGE, "a body may have " + settings.maxBodyBytes() + " bytes; send less");
        }
    }

    private void admit(RequestHead head, @Nullable Identity who) {
        identity = who;
        body = new RequestBody((int) head.contentLength());
        state = State.READING_BODY;
        byte[] rest = leftover;
        leftover = null;
        readBody(ByteBuffer.wrap(rest == null ? new byte[0] : rest));
        if (state == State.READING_BODY) {
            within(settings.bodyTimeout().toNanos(), this::onBodyTimeout);
            if (head.expectsContinue()) {
                output.write(HttpAnswer.continueBytes());
                connection.ready();
            }
            connection.acceptInput(true);
        }
    }

    private void readBody(ByteBuffer in) {
        RequestBody coming = body;
        RequestHead head = request;
        Admission admitted = admission;
        if (coming == null || head == null || admitted == null) {
            throw new IllegalStateException("a body without a request");
        }
        coming.take(in);
        if (!coming.isComplete()) {
            return;
        }
        connection.acceptInput(false);
        keepRest(in);
        endPhase();
        body = null;
        state = State.SERVING;
        exchange = new Exchange(this, connection, head, admitted, identity, coming.bytes());
        settings.endpoint(head).serve(exchange);
    }

    private void keepRest(ByteBuffer in) {
        if (in.hasRemaining()) {
            byte[] rest = new byte[in.remaining()];
            in.get(rest);
            leftover = rest;
        }
    }

    // ---- the answer

    void answer(Exchange answered, HttpAnswer made, Runnable whenGone) {
        if (answered == exchange) {
            exchange = null;
            answer(made);
            output.whenGone(whenGone);
        } else {
            whenGone.run();
        }
    }

    void handOver(Exchange handed, ConnectionHandler next) {
        if (handed != exchange) {
            throw new IllegalStateException("the request was answered already");
        }
        exchange = null;
        state = State.HANDED_OVER;
        connection.handOver(next);
        connection.acceptInput(true);
        if (leftover != null) {
            next.onInput(ByteBuffer.wrap(leftover));
        }
    }

    /** Whatever goes wrong until the request is answered is its answer. */
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            if (state == State.HANDED_OVER) {
                connection.onFault(e);
            } else if (e instanceof TelemetryException known) {
                refuse(known);
            } else {
                LOG.error("a request of {} could not be served", connection.peer(), e);
                admission = null;
                refuse(new TelemetryException(ErrorCode.INTERNAL, INTERNAL));
            }
        }
    }

    private void refuse(TelemetryException error) {
        connection.acceptInput(false);
        answer(HttpAnswer.error(error));
    }

    private void answer(HttpAnswer made) {
        Admission known = admission;
        RequestHead asked = request;
        HttpAnswer fitting = asked == null ? made : made.answering(asked.method());
        HttpAnswer exposed = dated(known == null ? fitting : CrossOrigin.expose(fitting, known));
        exchange = null;
        body = null;
        state = State.ANSWERING;
        closeAfterAnswer = closeAfterAnswer || !exposed.keepsAlive();
        output.write(closeAfterAnswer ? exposed.keepAlive(false) : exposed);
        awaitTaking();
        connection.ready();
    }

    /** A peer that does not take a part of its answer in time is one that takes nothing. */
    private void awaitTaking() {
        within(settings.answerTimeout().toNanos(), connection::close);
    }

    /** An origin server that has a clock says what time it is (RFC 9110 §6.6.1). */
    private HttpAnswer dated(HttpAnswer answer) {
        return answer.with("Date", HttpDate.of(connection.loop().wallMillis()));
    }

    private void linger() {
        state = State.LINGERING;
        connection.shutdownOutput();
        within(LINGER_NANOS, connection::close);
        connection.acceptInput(true);
    }

    private void nextRequest() {
        state = State.READING_HEAD;
        request = null;
        admission = null;
        identity = null;
        headTimed = false;
        within(IDLE_NANOS, connection::close);
        connection.acceptInput(true);
        byte[] rest = leftover;
        leftover = null;
        if (rest != null) {
            onInput(ByteBuffer.wrap(rest));
        }
    }

    // ---- time

    /** Each phase of a connection has its time; a new one ends that of the last. */
    private void within(long nanos, Runnable otherwise) {
        endPhase();
        deadline = connection.loop().schedule(nanos, otherwise);
    }

    private void endPhase() {
        deadline.cancel();
        TokenCheck running = check;
        check = null;
        if (running != null) {
            running.cancel();
        }
    }

    private void onHeadTimeout() {
        if (parser.hasBegun()) {
            refuse(new TelemetryException(
                    ErrorCode.REQUEST_TIMEOUT, "the request's head did not arrive within " + settings.headTimeout()));
        } else {
            connection.close();
        }
    }

    private void onBodyTimeout() {
        refuse(new TelemetryException(
                ErrorCode.REQUEST_TIMEOUT, "the request's body did not arrive within " + settings.bodyTimeout()));
    }
}
