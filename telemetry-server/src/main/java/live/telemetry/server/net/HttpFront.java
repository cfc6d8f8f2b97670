package live.telemetry.server.net;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Identity;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.json.JsonText;
import live.telemetry.server.net.http.Admission;
import live.telemetry.server.net.http.CrossOrigin;
import live.telemetry.server.net.http.HeadParser;
import live.telemetry.server.net.http.HttpAnswer;
import live.telemetry.server.net.http.HttpException;
import live.telemetry.server.net.http.HttpMethod;
import live.telemetry.server.net.http.RequestHead;
import live.telemetry.server.net.http.WebSocketHandshake;
import live.telemetry.server.session.Loop;
import live.telemetry.server.session.WriteBatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection before its upgrade: reads a request's head, decides who may do what, and answers. The order is that of {@code
 * docs/PROTOCOL.md}: path, {@code Origin} and {@code Host}, method and handshake, token; only then the upgrade.
 */
public final class HttpFront implements ConnectionHandler {

    private static final Logger LOG = LoggerFactory.getLogger(HttpFront.class);

    /** How long the peer may go on sending after an answer that closes: a reset would take the answer away from it. */
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** How long a connection may be idle between two requests. */
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private static final String INTERNAL = "internal error; the server's log has the details";

    private final Connection connection;
    private final FrontSettings settings;
    private final HeadParser parser;
    private Loop.Timer deadline;

    private @Nullable RequestHead request;
    private @Nullable Admission admission;
    private byte @Nullable [] answer;
    /** What came behind the request's head: the next request, or frames of a client that did not wait for the upgrade. */
    private byte @Nullable [] leftover;

    private boolean headTimed = true;
    private boolean answering;
    private boolean checkingToken;
    private boolean closeAfterAnswer;
    private boolean lingering;
    private boolean upgraded;

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
        front.beginAnswer();
        front.answer(HttpAnswer.error(
                ErrorCode.TOO_MANY_CONNECTIONS, "the server has as many connections as it takes; try again later"));
        return front;
    }

    // ---- ConnectionHandler

    @Override
    public void onInput(ByteBuffer in) {
        if (lingering) {
            in.position(in.limit());
            return;
        }
        if (answering) {
            throw new IllegalStateException("input while a request is being answered");
        }
        try {
            Optional<RequestHead> head = parser.parse(in);
            if (head.isPresent()) {
                beginAnswer();
                rememberLeftover(in);
                request = head.get();
                route(head.get());
            } else if (!headTimed && parser.hasBegun()) {
                headTimed = true;
                within(settings.headTimeout().toNanos(), this::onHeadTimeout);
            }
        } catch (HttpException e) {
            beginAnswer();
            in.position(in.limit());
            answer(HttpAnswer.error(e));
        } catch (RuntimeException e) {
            if (upgraded) {
                throw e;
            }
            onFault(e);
        }
    }

    private void rememberLeftover(ByteBuffer in) {
        if (in.hasRemaining()) {
            byte[] rest = new byte[in.remaining()];
            in.get(rest);
            leftover = rest;
        }
    }

    private void beginAnswer() {
        answering = true;
        connection.acceptInput(false);
    }

    /** Each phase of a connection has its time; a new one ends that of the last. */
    private void within(long nanos, Runnable otherwise) {
        deadline.cancel();
        deadline = connection.loop().schedule(nanos, otherwise);
    }

    @Override
    public void fill(WriteBatch batch) {
        if (answer != null) {
            batch.addBytes(answer);
            answer = null;
        }
    }

    @Override
    public void onDrained() {
        if (!answering || answer != null) {
            return;
        }
        if (closeAfterAnswer) {
            linger();
        } else {
            nextRequest();
        }
    }

    private void linger() {
        answering = false;
        lingering = true;
        connection.shutdownOutput();
        within(LINGER_NANOS, connection::close);
        connection.acceptInput(true);
    }

    private void nextRequest() {
        answering = false;
        request = null;
        admission = null;
        headTimed = false;
        within(IDLE_NANOS, connection::close);
        connection.acceptInput(true);
        byte[] rest = leftover;
        leftover = null;
        if (rest != null) {
            onInput(ByteBuffer.wrap(rest));
        }
    }

    @Override
    public void onEndOfInput() {
        if (answering && !closeAfterAnswer) {
            // A half-closed peer still gets its answer, but no further request will come.
            closeAfterAnswer = true;
        } else if (!answering) {
            connection.close();
        }
    }

    @Override
    public void shutDown(long reconnectAfterMillis) {
        closeAfterAnswer = true;
        if (checkingToken) {
            checkingToken = false;
            answer(HttpAnswer.error(ErrorCode.UNAVAILABLE, "the server is going away; try again"));
        } else if (!answering) {
            connection.close();
        }
    }

    @Override
    public void onClosed() {
        deadline.cancel();
    }

    // ---- the request

    private void route(RequestHead head) {
        String path = head.path();
        boolean health = path.equals(settings.path() + "/health");
        boolean webSocket = path.equals(settings.path());
        if (!health && !webSocket) {
            throw new HttpException(ErrorCode.NOT_FOUND, "there is nothing at this path");
        }
        admission = settings.access().admit(head, health);
        if (head.method() == HttpMethod.OPTIONS) {
            answer(CrossOrigin.preflight(admission, HttpMethod.GET, HttpMethod.HEAD));
        } else if (health) {
            head.requireMethod(HttpMethod.GET, HttpMethod.HEAD);
            answer(health().keepAlive(head.keepAlive() && head.contentLength() <= 0));
        } else {
            upgrade(head, admission);
        }
    }

    private HttpAnswer health() {
        Broadcaster.State state = settings.sessions().node().state();
        String json = JsonText.object()
                .field("status", state.name())
                .field("node", settings.sessions().nodeName())
                .text();
        return HttpAnswer.json(state == Broadcaster.State.DOWN ? 503 : 200, json);
    }

    private void upgrade(RequestHead head, Admission admitted) {
        WebSocketHandshake handshake = WebSocketHandshake.of(head);
        Identity anonymous = settings.anonymous();
        if (anonymous != null) {
            open(handshake, anonymous);
            return;
        }
        String token = settings.tokenSources()
                .find(head, admitted)
                .orElseThrow(() -> new HttpException(
                        ErrorCode.UNAUTHENTICATED,
                        "a token is needed: Authorization: Bearer <token>, or the subprotocol bearer.<token>"));
        checkingToken = true;
        within(settings.checkTimeout().toNanos(), this::onCheckTimeout);
        settings.sessions()
                .authenticate(token)
                .whenComplete(
                        (identity, error) -> connection.loop().execute(() -> onChecked(handshake, identity, error)));
    }

    private void onChecked(WebSocketHandshake handshake, @Nullable Identity identity, @Nullable Throwable error) {
        if (!checkingToken || connection.isClosed()) {
            return;
        }
        checkingToken = false;
        if (identity == null) {
            refuse(error);
            return;
        }
        try {
            open(handshake, identity);
        } catch (RuntimeException e) {
            if (upgraded) {
                connection.onFault(e);
            } else {
                onFault(e);
            }
        }
    }

    /** A fault of ours before the upgrade: the peer is told that there was one, and no more. */
    private void onFault(RuntimeException e) {
        LOG.error("a request of {} could not be served", connection.peer(), e);
        admission = null;
        answer(HttpAnswer.error(ErrorCode.INTERNAL, INTERNAL));
    }

    private void onCheckTimeout() {
        checkingToken = false;
        LOG.warn("a token could not be checked within {}", settings.checkTimeout());
        answer(HttpAnswer.error(ErrorCode.UNAVAILABLE, "the token could not be checked in time; try again"));
    }

    private void open(WebSocketHandshake handshake, Identity identity) {
        ConnectionHandler next = settings.upgrade().open(connection, handshake.answer(), identity);
        deadline.cancel();
        upgraded = true;
        connection.handOver(next);
        connection.acceptInput(true);
        if (leftover != null) {
            next.onInput(ByteBuffer.wrap(leftover));
        }
    }

    private void refuse(@Nullable Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof TelemetryException known) {
            LOG.debug("refused {}: {}", connection.peer(), known.getMessage());
            settings.onRefused().accept(connection, known);
            answer(HttpAnswer.error(known));
        } else {
            LOG.warn("a token could not be checked", cause);
            answer(HttpAnswer.error(ErrorCode.INTERNAL, INTERNAL));
        }
    }

    private void answer(HttpAnswer made) {
        Admission known = admission;
        RequestHead asked = request;
        HttpAnswer fitting = asked == null ? made : made.answering(asked.method());
        HttpAnswer exposed = known == null ? fitting : CrossOrigin.expose(fitting, known);
        answering = true;
        closeAfterAnswer = closeAfterAnswer || !exposed.keepsAlive();
        answer = exposed.bytes();
        // An answer is small: a peer that does not take it is one that takes nothing.
        within(settings.answerTimeout().toNanos(), connection::close);
        connection.ready();
    }

    private void onHeadTimeout() {
        if (parser.hasBegun()) {
            beginAnswer();
            answer(HttpAnswer.error(
                    ErrorCode.REQUEST_TIMEOUT, "the request's head did not arrive within " + settings.headTimeout()));
        } else {
            connection.close();
        }
    }
}
