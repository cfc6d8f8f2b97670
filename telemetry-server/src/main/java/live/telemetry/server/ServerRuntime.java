package live.telemetry.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.Identity;
import live.telemetry.core.Position;
import live.telemetry.core.Publication;
import live.telemetry.server.log.ReaderTurns;
import live.telemetry.server.log.SegmentPool;
import live.telemetry.server.net.Acceptor;
import live.telemetry.server.net.Connection;
import live.telemetry.server.net.Endpoint;
import live.telemetry.server.net.EventLoop;
import live.telemetry.server.net.FrontSettings;
import live.telemetry.server.net.HealthEndpoint;
import live.telemetry.server.net.HttpFront;
import live.telemetry.server.net.NetCounters;
import live.telemetry.server.net.WireFactory;
import live.telemetry.server.net.poll.PollEndpoint;
import live.telemetry.server.net.publish.PublishEndpoint;
import live.telemetry.server.net.sse.EventsEndpoint;
import live.telemetry.server.net.sse.SseSettings;
import live.telemetry.server.net.tls.HandshakeTasks;
import live.telemetry.server.net.tls.TlsWireFactory;
import live.telemetry.server.net.websocket.WebSocketEndpoint;
import live.telemetry.server.net.websocket.WebSocketFraming;
import live.telemetry.server.net.websocket.WebSocketSettings;
import live.telemetry.server.node.Node;
import live.telemetry.server.node.NodeLimits;
import live.telemetry.server.node.NodeStats;
import live.telemetry.server.sampling.MetricSampler;
import live.telemetry.server.session.Session;
import live.telemetry.server.session.SessionCounters;
import live.telemetry.server.session.SessionLimits;
import live.telemetry.server.session.SessionServer;
import live.telemetry.server.session.Transport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A server that is running: puts the parts together, and takes them apart again in the right order. */
final class ServerRuntime implements SessionServer {

    private static final Logger LOG = LoggerFactory.getLogger(ServerRuntime.class);
    private static final int MAX_RESYNC_RECORDS = 1_000;
    private static final int MAX_RESYNC_BYTES = 1 << 20;
    private static final Duration CHECK_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration BODY_TIMEOUT = Duration.ofSeconds(30);
    private static final long CLOSE_MILLIS = 1_500;
    private static final long SHORT_WAIT_MILLIS = 500;
    private static final long SHORTEST_RECONNECT_MILLIS = 500;
    private static final long LONGEST_RECONNECT_MILLIS = 5_000;

    private final String nodeName;
    private final ServerLimits limits;
    private final long heartbeatMillis;
    private final SessionLimits sessionLimits;
    private final SessionCounters sessionCounters = new SessionCounters();
    private final NetCounters netCounters = new NetCounters();
    private final LongAdder refusedTokens = new LongAdder();
    private final AtomicInteger openSessions = new AtomicInteger();
    private final AtomicInteger openStreams = new AtomicInteger();
    private final AtomicInteger heldPolls = new AtomicInteger();
    private final LongAdder polls = new LongAdder();
    private final AtomicLong sessionNumber = new AtomicLong();

    private final Broadcaster broadcaster;
    private final ScheduledExecutorService housekeeping;
    private final ListenerCalls listener;
    private final TokenChecks tokens;
    private final HandshakeTasks handshakes;
    private final Node node;
    private final List<EventLoop> loops = new ArrayList<>();
    private final Acceptor acceptor;
    private final MetricSampler sampler;

    private boolean feeding;

    /** Binds the port; nothing runs before {@link #start()}, and if this throws, nothing is left. */
    ServerRuntime(TelemetryServerBuilder settings, InetSocketAddress address) throws IOException {
        this.nodeName = settings.node;
        this.limits = settings.limits;
        this.heartbeatMillis = settings.heartbeat.toMillis();
        this.sessionLimits = new SessionLimits(
                limits.maxSubscriptions(),
                limits.maxSessionTopics(),
                limits.maxRequestsInFlight(),
                MAX_RESYNC_RECORDS,
                MAX_RESYNC_BYTES);
        String prefix = "telemetry-" + nodeName;
        this.housekeeping = Executors.newSingleThreadScheduledExecutor(DaemonThreads.named(prefix + "-housekeeping"));
        this.listener = new ListenerCalls(settings.listener, prefix + "-listener");
        this.tokens = new TokenChecks(settings.authenticator, prefix + "-auth");
        this.handshakes = new HandshakeTasks(DaemonThreads.named(prefix + "-tls"));
        this.broadcaster = settings.broadcasterOrLocal();
        ReaderTurns turns = new ReaderTurns(settings.eventLoops);
        this.node = new Node(
                broadcaster,
                WebSocketFraming.INSTANCE,
                settings.retention,
                new NodeLimits(limits.maxRecordBytes(), limits.maxKeysPerTopic()),
                new SegmentPool(limits.maxRetainedBytes(), turns),
                housekeeping);
        node.onState(state -> listener.call(told -> told.onBroadcasterState(new ServerListener.StateEvent(state))));
        this.sampler = new MetricSampler(settings.sources, node::publish, node::isWanted, prefix + "-sampling");
        try {
            FrontSettings front = frontSettings(settings);
            for (int i = 0; i < settings.eventLoops; i++) {
                loops.add(new EventLoop(
                        i,
                        prefix + "-loop-" + i,
                        node,
                        turns,
                        netCounters,
                        wires(settings.tls),
                        settings.flushInterval));
            }
            this.acceptor = new Acceptor(
                    address,
                    loops,
                    netCounters,
                    limits.maxConnections(),
                    limits.sendBufferBytes(),
                    connection -> new HttpFront(connection, front),
                    connection -> HttpFront.refusal(connection, front),
                    prefix + "-acceptor");
        } catch (IOException | RuntimeException | Error e) {
            stopThreads();
            throw e;
        }
    }

    /** Runs. If this throws, {@link #close()} takes back what has begun. */
    void start() {
        loops.forEach(EventLoop::start);
        node.start();
        feeding = true;
        sampler.start();
        acceptor.start();
    }

    /** For one loop. */
    private WireFactory wires(@Nullable ServerTls tls) {
        return tls == null ? WireFactory.PLAIN : new TlsWireFactory(tls::context, handshakes, limits.headTimeout());
    }

    private FrontSettings frontSettings(TelemetryServerBuilder settings) {
        return new FrontSettings(
                endpoints(settings),
                limits.maxHeadBytes(),
                limits.maxMessageBytes(),
                limits.headTimeout(),
                BODY_TIMEOUT,
                CHECK_TIMEOUT,
                limits.stallTimeout(),
                settings.accessRules(),
                settings.tokenSources,
                settings.anonymous,
                tokens::check,
                (connection, error) -> {
                    refusedTokens.increment();
                    listener.call(told -> told.onTokenRefused(new ServerListener.RefusedEvent(
                            String.valueOf(connection.peer()), error.code(), String.valueOf(error.getMessage()))));
                });
    }

    private Map<String, Endpoint> endpoints(TelemetryServerBuilder settings) {
        WebSocketSettings webSocket =
                new WebSocketSettings(limits.maxMessageBytes(), settings.heartbeat, limits.stallTimeout());
        Map<String, Endpoint> endpoints = new HashMap<>(settings.files.endpoints());
        endpoints.put(settings.path, new WebSocketEndpoint(webSocket, this::openSession));
        SseSettings sse = new SseSettings(limits.maxSubscriptions(), settings.heartbeat, limits.stallTimeout());
        endpoints.put(settings.path + "/events", new EventsEndpoint(sse, this::openStream));
        endpoints.put(settings.path + "/poll", new PollEndpoint(limits.maxSubscriptions(), this::openPoll));
        endpoints.put(settings.path + "/publish", new PublishEndpoint(node));
        endpoints.put(settings.path + "/health", new HealthEndpoint(this));
        endpoints.putAll(ServedFiles.browserClient(settings.path));
        return Map.copyOf(endpoints);
    }

    private Session openSession(Identity identity, Connection connection, Transport transport) {
        return openSession(identity, connection, transport, () -> {});
    }

    private Session openStream(Identity identity, Connection connection, Transport transport) {
        openStreams.incrementAndGet();
        return openSession(identity, connection, transport, openStreams::decrementAndGet);
    }

    private Session openSession(Identity identity, Connection connection, Transport transport, Runnable onEnd) {
        String id = nodeName + "-" + Long.toString(sessionNumber.incrementAndGet(), 36);
        ServerListener.SessionEvent event =
                new ServerListener.SessionEvent(id, String.valueOf(connection.peer()), identity);
        Session session = new Session(
                id, identity, this, connection.loop(), connection.loop().sessions(), transport, () -> {
                    onEnd.run();
                    openSessions.decrementAndGet();
                    listener.call(told -> told.onSessionClosed(event));
                });
        openSessions.incrementAndGet();
        listener.call(told -> told.onSessionOpened(event));
        return session;
    }

    /** The listener is not told: one client polls again and again. */
    private Session openPoll(Identity identity, Connection connection, Transport transport) {
        heldPolls.incrementAndGet();
        polls.increment();
        return new Session(
                "poll",
                identity,
                this,
                connection.loop(),
                connection.loop().sessions(),
                transport,
                heldPolls::decrementAndGet);
    }

    int port() {
        return acceptor.port();
    }

    CompletionStage<Position> publish(Publication publication) {
        return node.publish(publication);
    }

    ServerStats stats() {
        NodeStats topics = node.stats();
        return new ServerStats(
                broadcaster.state(),
                netCounters.open(),
                openSessions.get(),
                openStreams.get(),
                heldPolls.get(),
                polls.sum(),
                netCounters.accepted(),
                netCounters.refused(),
                netCounters.failedHandshakes(),
                refusedTokens.sum(),
                topics.topics(),
                topics.records(),
                topics.missedRecords(),
                netCounters.deliveries() + sessionCounters.deliveries.sum(),
                sessionCounters.gaps.sum(),
                sessionCounters.resyncs.sum(),
                sessionCounters.malformed.sum(),
                sessionCounters.refusedTopics.sum(),
                topics.retainedBytes(),
                topics.reclaimedBytes(),
                topics.latestBytes(),
                topics.derivedBytes(),
                topics.historyBytes(),
                topics.droppedKeys(),
                topics.droppedPages(),
                netCounters.bytesWritten(),
                netCounters.writes(),
                listener.dropped(),
                listener.failures(),
                sampler.stats());
    }

    void close() {
        // Whoever closes may have been interrupted for that very reason; the good-byes are bounded anyway.
        boolean interrupted = Thread.interrupted();
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_MILLIS);
        try {
            sampler.close();
            acceptor.stop(SHORT_WAIT_MILLIS);
            long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
            sayGoodBye(Math.max(SHORT_WAIT_MILLIS, left));
            closeBroadcaster();
        } finally {
            stopThreads();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void closeBroadcaster() {
        if (!feeding) {
            // It never began here, and may be another server's.
            return;
        }
        try {
            broadcaster.close();
        } catch (RuntimeException e) {
            LOG.warn("the broadcaster failed to close", e);
        }
    }

    /** Spreads the return of the clients, and waits until the last connection has taken what was due to it. */
    private void sayGoodBye(long waitMillis) {
        for (EventLoop loop : loops) {
            loop.execute(() -> {
                loop.endRest();
                loop.connections()
                        .forEach(connection -> connection.shutDown(ThreadLocalRandom.current()
                                .nextLong(SHORTEST_RECONNECT_MILLIS, LONGEST_RECONNECT_MILLIS)));
            });
        }
        if (!onOwnThread()) {
            try {
                netCounters.awaitNoneOpen(waitMillis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** A loop cannot wait for itself. */
    private boolean onOwnThread() {
        return loops.stream().anyMatch(EventLoop::isCurrentThread);
    }

    private void stopThreads() {
        loops.forEach(loop -> loop.stop(SHORT_WAIT_MILLIS));
        housekeeping.shutdownNow();
        tokens.close();
        handshakes.close();
        listener.close();
    }

    // ---- SessionServer

    @Override
    public Node node() {
        return node;
    }

    @Override
    public String nodeName() {
        return nodeName;
    }

    @Override
    public SessionLimits limits() {
        return sessionLimits;
    }

    @Override
    public SessionCounters counters() {
        return sessionCounters;
    }

    @Override
    public long heartbeatMillis() {
        return heartbeatMillis;
    }

    @Override
    public int maxMessageBytes() {
        return limits.maxMessageBytes();
    }

    @Override
    public CompletionStage<Identity> authenticate(String token) {
        return tokens.check(token);
    }
}
