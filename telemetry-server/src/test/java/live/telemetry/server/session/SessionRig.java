package live.telemetry.server.session;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Identity;
import live.telemetry.core.LocalBroadcaster;
import live.telemetry.core.Publication;
import live.telemetry.core.Retention;
import live.telemetry.core.Rights;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.json.JsonData;
import live.telemetry.server.log.ReaderTurns;
import live.telemetry.server.log.SegmentPool;
import live.telemetry.server.node.Node;
import live.telemetry.server.node.NodeLimits;
import live.telemetry.tck.VirtualTime;

/** A node with one event loop and its sessions, without threads, sockets or real time. */
final class SessionRig implements SessionServer {

    static final SessionLimits LIMITS = new SessionLimits(100, 1_000, 16, 1_000, 1 << 20);
    static final NodeLimits NODE_LIMITS = new NodeLimits(128 << 10, 1_000);

    private final VirtualTime time;
    private final TestLoop loop;
    private final Node node;
    private final LoopSessions sessions;
    private final SessionCounters counters = new SessionCounters();
    private final WriteBatch batch = new WriteBatch(0);
    private final Map<String, CompletableFuture<Identity>> tokens = new HashMap<>();
    private final SessionLimits limits;
    private Rights rights = Rights.ALL;
    private int opened;
    private boolean mixesFramings;
    private int ended;

    private SessionRig(VirtualTime time, Broadcaster broadcaster, Retention retention, SessionLimits limits) {
        this.time = time;
        this.limits = limits;
        ReaderTurns turns = new ReaderTurns(1);
        this.loop = new TestLoop(time, turns);
        this.node = new Node(
                broadcaster,
                TestPeer.LINES,
                retention,
                NODE_LIMITS,
                new SegmentPool(8 << 20, turns),
                new VirtualExecutor(time));
        this.sessions = new LoopSessions(loop, node);
        loop.host(sessions);
        node.start();
    }

    static SessionRig local() {
        return local(Retention.DEFAULT);
    }

    static SessionRig local(Retention retention) {
        return over(new LocalBroadcaster(), retention, LIMITS);
    }

    static SessionRig over(Broadcaster broadcaster) {
        return over(broadcaster, Retention.DEFAULT, LIMITS);
    }

    static SessionRig over(Broadcaster broadcaster, Retention retention, SessionLimits limits) {
        return new SessionRig(new VirtualTime(), broadcaster, retention, limits);
    }

    static SessionRig over(VirtualTime time, Broadcaster broadcaster, Retention retention, SessionLimits limits) {
        return new SessionRig(time, broadcaster, retention, limits);
    }

    /** Every other session gets its records in another framing than that of the logs. */
    SessionRig mixFramings() {
        mixesFramings = true;
        return this;
    }

    TestLoop loop() {
        return loop;
    }

    LoopSessions sessions() {
        return sessions;
    }

    WriteBatch batch() {
        return batch;
    }

    int endedSessions() {
        return ended;
    }

    void settle() {
        loop.settle();
    }

    /** Lets time pass, with the loop looking at least so often. */
    void run(Duration duration, Duration step) {
        long left = duration.toNanos();
        settle();
        while (left > 0) {
            long next = Math.min(left, Math.min(step.toNanos(), loop.nanosToNextTimer()));
            time.run(Duration.ofNanos(next));
            left -= next;
            settle();
        }
    }

    void run(Duration duration) {
        run(duration, duration);
    }

    /** What sessions that are opened from now on may do. */
    void rights(Rights ofNewSessions) {
        rights = ofNewSessions;
    }

    static Rights reads(String... patterns) {
        return new Rights(Stream.of(patterns).map(TopicPattern::of).toList(), List.of());
    }

    TestPeer connect() {
        return connect(null);
    }

    /** Opens a session, and takes its welcome. */
    TestPeer connect(Instant expiresAt) {
        TestPeer peer = open(new Identity("me", rights, expiresAt));
        settle();
        peer.takeLines();
        return peer;
    }

    /** Opens a session; its welcome is still to be written. */
    TestPeer open(Identity identity) {
        return new TestPeer(
                this,
                mixesFramings && opened % 2 == 0,
                transport -> new Session("s-" + ++opened, identity, this, loop, sessions, transport, () -> ended++));
    }

    /** Opens the session of a poll. */
    Session openPoll(Identity identity, Transport transport) {
        return new Session("poll", identity, this, loop, sessions, transport, () -> ended++);
    }

    // ---- publishing

    void publish(String topic) {
        publish(topic, null, "0");
    }

    void publish(String topic, String key, String data) {
        node.publish(new Publication(Topic.of(topic), loop.wallMillis(), key, JsonData.parse(data)));
        settle();
    }

    /** Drops what is too old from every log, as the node does from time to time. */
    void sweep() {
        node.topics().forEach(topic -> topic.log().expire(loop.wallMillis()));
        settle();
    }

    void publish(int count, String topic) {
        for (int i = 0; i < count; i++) {
            publish(topic);
        }
    }

    /** The epoch of everything that a local broadcaster has. */
    String epoch() {
        return node.topics().stream()
                .flatMap(topic -> Stream.ofNullable(topic.log()))
                .findAny()
                .orElseThrow()
                .epoch();
    }

    // ---- tokens

    /** What this token will be found to be, once the future completes. */
    CompletableFuture<Identity> token(String token) {
        return tokens.computeIfAbsent(token, absent -> new CompletableFuture<>());
    }

    void goodToken(String token, Rights itsRights, Instant expiresAt) {
        token(token).complete(new Identity("me", itsRights, expiresAt));
    }

    Instant in(Duration duration) {
        return Instant.ofEpochMilli(loop.wallMillis()).plus(duration);
    }

    // ---- SessionServer

    @Override
    public Node node() {
        return node;
    }

    @Override
    public String nodeName() {
        return "node-1";
    }

    @Override
    public SessionLimits limits() {
        return limits;
    }

    @Override
    public SessionCounters counters() {
        return counters;
    }

    @Override
    public long heartbeatMillis() {
        return 15_000;
    }

    @Override
    public int maxMessageBytes() {
        return 256 << 10;
    }

    @Override
    public CompletionStage<Identity> authenticate(String token) {
        CompletableFuture<Identity> known = tokens.get(token);
        return known != null
                ? known
                : CompletableFuture.failedFuture(
                        new TelemetryException(ErrorCode.UNAUTHENTICATED, "this token is not accepted"));
    }
}
