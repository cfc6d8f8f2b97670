package live.telemetry.server.session;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Identity;
import live.telemetry.core.Position;
import live.telemetry.core.Rights;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ClientEnvelope;
import live.telemetry.core.envelope.ClientEnvelope.Auth;
import live.telemetry.core.envelope.ClientEnvelope.Publish;
import live.telemetry.core.envelope.ClientEnvelope.Resync;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;
import live.telemetry.core.envelope.ClientEnvelope.Unsubscribe;
import live.telemetry.core.envelope.EnvelopeCodec;
import live.telemetry.core.envelope.ProtocolException;
import live.telemetry.core.envelope.ServerEnvelope;
import live.telemetry.core.envelope.ServerEnvelope.Failure;
import live.telemetry.core.envelope.ServerEnvelope.Goaway;
import live.telemetry.core.envelope.ServerEnvelope.Heartbeat;
import live.telemetry.core.envelope.ServerEnvelope.Pong;
import live.telemetry.core.envelope.ServerEnvelope.Welcome;
import live.telemetry.server.node.NodeTopic;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One authenticated connection: it answers requests, and hands its transport what its cursors have to deliver.
 *
 * <p>What is made for this peer alone (answers) waits in a queue, which is bounded by not reading further requests; records
 * wait in the logs. Confined to its loop.
 */
public final class Session {

    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    /** Bytes of unwritten answers at which no further request is read. */
    private static final int MAX_ANSWER_BYTES = 64 << 10;

    /** So many messages in a row that are not understood end the session. */
    private static final int MAX_MALFORMED = 20;

    private final String id;
    private final SessionServer server;
    private final Loop loop;
    private final LoopSessions sessions;
    private final Transport transport;
    private final Subscriptions subscriptions;
    private final TokenLifetime token;
    private final Runnable onEnd;
    private final RecordFrames records;
    private final Requests requests = new Requests(this);
    private final Replays replays = new Replays();
    private final DirtyCursors dirty = new DirtyCursors();

    private final Queue<byte[]> answers = new ArrayDeque<>(2);
    private int answerBytes;
    private int requestsInFlight;
    private int malformedInARow;
    private boolean acceptsInput = true;
    private boolean ready;
    private boolean closed;

    /**
     * Opens a session.
     *
     * @param id names it in logs
     * @param identity whose it is
     * @param server what all sessions share
     * @param loop where it lives
     * @param sessions of that loop
     * @param transport what carries it
     * @param onEnd runs on the loop when it has ended; must not block
     */
    public Session(
            String id,
            Identity identity,
            SessionServer server,
            Loop loop,
            LoopSessions sessions,
            Transport transport,
            Runnable onEnd) {
        this.id = id;
        this.onEnd = onEnd;
        this.server = server;
        this.loop = loop;
        this.sessions = sessions;
        this.transport = transport;
        this.records = new RecordFrames(server.node().derivedFrames(), transport.framing());
        this.token = new TokenLifetime(this, identity);
        this.subscriptions = new Subscriptions(this, server.node(), sessions, server.limits());
        sessions.add(this);
    }

    // ---- from the transport

    /** Says {@code welcome}, where that is the first envelope. */
    public void welcome() {
        send(new Welcome(
                id, server.nodeName(), server.heartbeatMillis(), server.maxMessageBytes(), token.expiresAtMillis()));
    }

    /**
     * Subscribes for a peer that sends no messages.
     *
     * @param request what to
     * @param quiet whether the peer knows the topics of which it has a position, and wants no {@code subscribed} for them
     * @param then is told, later, how it went
     * @throws TelemetryException if it is refused
     */
    public void subscribe(Subscribe request, boolean quiet, Begin then) {
        subscriptions.subscribe(new Subscription(this, request, quiet, then));
    }

    /**
     * Where the peer could go on in another session, once it has what was filled into batches so far.
     *
     * @return by topic; one whose beginning is not known yet is missing
     */
    public Map<Topic, Position> positions() {
        return subscriptions.positions();
    }

    /** Whether all that is subscribed has found its beginning, and no cursor waits for what lies beyond its log. */
    public boolean isSettled() {
        return subscriptions.isSettled();
    }

    /** Records of its batches were handed over in another way than by writing the batch. */
    public void countDeliveries(long count) {
        server.counters().deliveries.add(count);
    }

    /** Topics that it has a cursor on. */
    public int topicCount() {
        return subscriptions.topicCount();
    }

    /** A message of the peer: one envelope as text. */
    public void onMessage(String json) {
        if (closed) {
            return;
        }
        ClientEnvelope envelope;
        try {
            envelope = EnvelopeCodec.decodeClient(json);
        } catch (ProtocolException e) {
            onMalformed(e);
            return;
        }
        malformedInARow = 0;
        try {
            dispatch(envelope);
        } catch (RuntimeException e) {
            // Whatever a broadcaster throws is this request's fault, not the session's end.
            fail(envelope.id(), e);
        }
    }

    private void onMalformed(ProtocolException e) {
        server.counters().malformed.increment();
        // Not its message, which quotes what the peer sent, line ends included.
        LOG.debug("session {}: a message was not understood: {}", id, e.code());
        fail(e.id(), e.code(), e.getMessage());
        if (++malformedInARow >= MAX_MALFORMED) {
            end(CloseReason.BAD_REQUEST);
        }
    }

    private void dispatch(ClientEnvelope envelope) {
        switch (envelope.type()) {
            case SUBSCRIBE -> requests.subscribe((Subscribe) envelope);
            case UNSUBSCRIBE -> subscriptions.unsubscribe((Unsubscribe) envelope);
            case RESYNC -> requests.resync((Resync) envelope);
            case PUBLISH -> requests.publish((Publish) envelope);
            case AUTH -> token.renew((Auth) envelope);
            case PING -> send(new Pong(envelope.id(), loop.wallMillis()));
        }
    }

    /**
     * Adds what there is to write. What a short write leaves is kept by the batch's commit; what then remains is asked for
     * again by {@link Transport#ready}.
     */
    public void fill(WriteBatch batch) {
        ready = false;
        fillAnswers(batch);
        replays.fill(batch, this);
        regulateInput();
        dirty.fill(batch);
        if (hasOutput()) {
            announceReady();
        }
    }

    /** Adds answers only: what is owed when the session is about to end. */
    public void fillAnswers(WriteBatch batch) {
        while (batch.hasRoom() && !answers.isEmpty()) {
            byte[] answer = answers.remove();
            answerBytes -= answer.length;
            batch.addBytes(answer);
        }
        regulateInput();
    }

    /** Adds what is owed however little room there is for records: answers, and where each exact topic begins. */
    public void fillOwed(WriteBatch batch) {
        // Whoever does not go on filling wants to know when there is something new.
        ready = false;
        fillAnswers(batch);
        subscriptions.announceExact(batch);
    }

    /**
     * Whether an exact topic was asked for from somewhere in its history, and it is not known yet where that is: a peer that goes
     * on in another session could not say so there.
     */
    public boolean hasUnknownBeginning() {
        return subscriptions.hasUnknownBeginning();
    }

    /** Lets the first so many topics that have something stand behind the others. */
    public void rotate(int topics) {
        dirty.rotate(topics);
    }

    /** Whether something waits that can be written at once. */
    public boolean hasOutput() {
        return !answers.isEmpty() || !dirty.isEmpty() || replays.hasOutput();
    }

    /** Whether answers wait to be written. */
    public boolean hasAnswers() {
        return !answers.isEmpty();
    }

    /** The connection is gone. */
    public void onClosed() {
        if (closed) {
            return;
        }
        closed = true;
        sessions.remove(this);
        subscriptions.close();
        token.close();
        answers.clear();
        onEnd.run();
    }

    /** Nothing was sent for a while: shows the peer that the connection lives. */
    public void heartbeat() {
        send(new Heartbeat(loop.wallMillis()));
    }

    /** Announces the end of the server. */
    public void goAway(long reconnectAfterMillis) {
        send(new Goaway(Goaway.SHUTDOWN, reconnectAfterMillis));
    }

    // ---- for the parts of the session

    /** Waits for what is done elsewhere; at the bound of such requests nothing more is read. */
    <T> void await(CompletionStage<T> stage, @Nullable Long requestId, Consumer<T> then) {
        await(stage, then, error -> fail(requestId, error));
    }

    <T> void await(CompletionStage<T> stage, Consumer<T> then, Consumer<Throwable> otherwise) {
        requestsInFlight++;
        regulateInput();
        stage.whenComplete((result, error) -> loop.execute(() -> {
            requestsInFlight--;
            if (closed) {
                return;
            }
            if (error == null) {
                then.accept(result);
            } else {
                otherwise.accept(error);
            }
            regulateInput();
        }));
    }

    void send(ServerEnvelope envelope) {
        if (closed) {
            return;
        }
        byte[] framed = transport.frame(envelope);
        answers.add(framed);
        answerBytes += framed.length;
        regulateInput();
        announceReady();
    }

    /** Puts an envelope where the batch stands, for what has to come before a topic's records. */
    void write(WriteBatch batch, ServerEnvelope envelope) {
        batch.addBytes(transport.frame(envelope));
    }

    void fail(@Nullable Long requestId, ErrorCode code, @Nullable String message) {
        send(new Failure(requestId, code, message == null ? code.name() : message));
    }

    void fail(@Nullable Long requestId, Throwable error) {
        TelemetryException told = presentable(error);
        fail(requestId, told.code(), told.getMessage());
    }

    /**
     * Tells the peer that something went wrong.
     *
     * @param error what
     */
    public void fail(Throwable error) {
        fail(null, error);
    }

    /**
     * What a peer may be told of an error; what it may not is logged.
     *
     * @param error whatever came
     * @return with a message that can be sent
     */
    public TelemetryException presentable(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof TelemetryException known) {
            return known;
        }
        LOG.warn("session {}: a request failed", id, cause);
        return new TelemetryException(ErrorCode.INTERNAL, "internal error; the server's log has the details");
    }

    TelemetryException forbidden(String action, TopicPattern pattern) {
        return new TelemetryException(
                ErrorCode.FORBIDDEN, "the token does not allow to " + action + " \"" + pattern.text() + "\"");
    }

    /** Ends the session from this side. */
    public void end(CloseReason reason) {
        if (!closed) {
            transport.close(reason);
        }
    }

    void markDirty(TopicCursor cursor) {
        if (!closed && dirty.add(cursor)) {
            announceReady();
        }
    }

    void addReplay(Replay replay) {
        replays.add(replay);
        announceReady();
    }

    void replayReady() {
        announceReady();
    }

    void replayEnded(NodeTopic topic) {
        subscriptions.markDirty(topic);
    }

    boolean holdsBack(NodeTopic topic) {
        return !replays.isEmpty() && replays.holdsBack(topic);
    }

    private void announceReady() {
        if (!ready && !closed) {
            ready = true;
            transport.ready();
        }
    }

    private void regulateInput() {
        boolean accept = answerBytes < MAX_ANSWER_BYTES
                && requestsInFlight + replays.size() < server.limits().maxRequestsInFlight();
        if (accept != acceptsInput) {
            acceptsInput = accept;
            transport.acceptInput(accept);
        }
    }

    Loop loop() {
        return loop;
    }

    Subscriptions subscriptions() {
        return subscriptions;
    }

    RecordFrames records() {
        return records;
    }

    SessionCounters counters() {
        return server.counters();
    }

    SessionServer server() {
        return server;
    }

    Rights rights() {
        return token.identity().rights();
    }

    /** How many topics and patterns it is subscribed to. */
    public int subscriptionCount() {
        return subscriptions.count();
    }

    /** Names it in logs. */
    public String id() {
        return id;
    }

    /** Whose it is, by the token in force. */
    public Identity identity() {
        return token.identity();
    }
}
