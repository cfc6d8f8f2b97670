package live.telemetry.client;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import live.telemetry.client.transport.TransportKind;
import live.telemetry.core.Topic;
import live.telemetry.core.envelope.ClientEnvelope;
import org.jspecify.annotations.Nullable;

/** One random course: an application, a client, a wire that has faults, and a server that does as the protocol says. */
final class ModelRun {

    private static final List<String> TOPICS = List.of("a.x", "a.y", "b.x");
    private static final int STEPS = 400;

    private final Random random;
    private final boolean losesWords;
    private final ManualLoop loop = new ManualLoop();
    private final Queue<Runnable> listenerTasks = new ArrayDeque<>();
    private final Map<Topic, ModelTopic> logs = new LinkedHashMap<>();
    private final Set<Topic> denied = new HashSet<>();
    private final Set<Topic> everDenied = new HashSet<>();
    private final List<String> course = new ArrayList<>();
    private final ModelFaults faults;
    private final TelemetryClient client;
    private final ModelApplication application;
    private final ModelStore store;
    private final int maxResync;
    private @Nullable ModelWire wire;
    private @Nullable ModelSession session;
    private long serials;
    private long requests;
    private long causes;
    private int sinceDrained;

    ModelRun(long seed, boolean losesWords) {
        this.random = new Random(seed * 0x9E3779B97F4A7C15L);
        this.losesWords = losesWords;
        TOPICS.forEach(name -> logs.put(Topic.of(name), new ModelTopic(Topic.of(name))));
        faults = new ModelFaults(
                random, random.nextInt(3) == 0 ? 0 : random.nextDouble() * 0.15, losesWords, this::note);
        maxResync = random.nextInt(3) == 0 ? 5 : 1000;
        store = new ModelStore(random, random.nextInt(2) == 0 ? 0 : 0.1);
        int waitingCalls = random.nextInt(3) == 0 ? 8 : 1024;
        ConnectSettings settings = new ConnectSettings(
                List.of(URI.create("ws://test:1/telemetry")),
                TokenSource.asynchronous(() -> CompletableFuture.completedFuture("token")),
                Timeouts.DEFAULT,
                ReconnectPolicy.DEFAULT,
                Fallback.DEFAULT.withTransports(TransportKind.WEBSOCKET),
                new ClientLimits(1 << 20, 4096, 1 << 24, waitingCalls, 1 << 20, 16),
                null);
        client = new TelemetryClient(new ClientCore(
                settings,
                new ClientListener() {},
                listenerTasks::add,
                () -> {},
                loop,
                (kind, request) -> {
                    wire = new ModelWire(faults, this::requested);
                    session = null;
                    return wire;
                },
                random::nextDouble));
        application = new ModelApplication(client, logs, faults, everDenied, random, this::note);
    }

    /** What comes after a violation is of no interest. */
    private void note(String event) {
        if (application == null || !application.hasComplained()) {
            course.add(event);
        }
    }

    /** What happened, oldest first. */
    List<String> course() {
        return course;
    }

    void run() {
        if (random.nextBoolean()) {
            application.subscribe();
        }
        client.connect();
        for (int step = 0; step < STEPS; step++) {
            step();
            look();
        }
        rest();
        application.checkAtRest();
        checkBounds();
    }

    private void look() {
        application.look(serials, denied);
    }

    private void requested(ClientEnvelope request) {
        requests++;
        note("> " + request);
    }

    // ---- steps

    private void step() {
        switch (random.nextInt(24)) {
            case 0, 1, 2, 3 -> publish(1 + random.nextInt(4));
            case 4, 5 -> callListeners(1 + random.nextInt(8));
            case 6, 7, 8, 9 -> server(1 + random.nextInt(4));
            case 10, 11, 12, 13, 14, 15 -> deliver(1 + random.nextInt(8));
            case 16, 17 -> advance(Duration.ofMillis(10 + random.nextInt(400)));
            case 18 -> causes += application.subscribe() ? 1 : 0;
            case 19 -> causes += application.close() ? 1 : 0;
            case 20 -> {
                server(20);
                deliver(40);
            }
            case 21 -> expire();
            case 22 -> rarely();
            default -> {
                callListeners(100);
                advance(Duration.ofMillis(50));
            }
        }
    }

    private void rarely() {
        switch (random.nextInt(8)) {
            case 0, 1 -> cut();
            case 2 -> advance(Duration.ofSeconds(3 + random.nextInt(40)));
            case 3, 4 -> breakLog();
            case 5 -> deny();
            case 6 -> allow();
            default -> publish(20 + random.nextInt(30));
        }
    }

    private ModelTopic someLog() {
        return List.copyOf(logs.values()).get(random.nextInt(logs.size()));
    }

    private void publish(int records) {
        ModelTopic log = someLog();
        for (int i = 0; i < records; i++) {
            boolean birth = !log.isBorn();
            log.publish(++serials, random.nextBoolean() ? null : "k" + random.nextInt(3));
            if (birth && session != null) {
                session.subscriptions().born(log);
            }
        }
        note("published " + log.topic + " to " + log.head());
    }

    private void expire() {
        ModelTopic log = someLog();
        if (log.isBorn()) {
            log.expire(random.nextInt(6));
            note("expired " + log.topic + " to " + log.first());
        }
    }

    private void breakLog() {
        ModelTopic log = someLog();
        if (losesWords || !log.isBorn()) {
            return;
        }
        causes++;
        switch (random.nextInt(4)) {
            case 0 -> log.rollBack(0);
            case 1 -> {
                log.lose();
                if (random.nextBoolean()) {
                    // Not a birth: its sessions have cursors.
                    log.publish(++serials, null);
                    log.publish(++serials, "k1");
                }
            }
            default -> log.rollBack(1 + random.nextInt(4));
        }
        note("broke " + log.topic + ": now at " + log.head());
    }

    private void deny() {
        Topic topic = someLog().topic;
        if (!losesWords && denied.add(topic)) {
            causes++;
            everDenied.add(topic);
            note("denied " + topic);
            application.revoked(topic);
            if (session != null) {
                session.subscriptions().rightsChanged();
            }
        }
    }

    private void allow() {
        if (!denied.isEmpty()) {
            causes++;
            note("allowed " + denied);
            denied.clear();
            if (session != null) {
                session.subscriptions().rightsChanged();
            }
        }
    }

    private void cut() {
        if (wire != null) {
            causes++;
            note("cut");
            ModelWire old = wire;
            session = null;
            old.cut();
        }
    }

    private void server(int steps) {
        if (wire == null) {
            return;
        }
        if (wire.isWaiting() && session == null) {
            session = new ModelSession(wire, logs, denied, random, store, maxResync);
            causes++;
            note("welcomed");
            wire.welcome();
        }
        for (int i = 0; i < steps && session != null; i++) {
            switch (random.nextInt(5)) {
                case 0 -> session.lookUp();
                case 1 -> session.replay();
                case 2, 3 -> session.write(1 + random.nextInt(6));
                default -> session.handleRequest();
            }
        }
    }

    private void deliver(int frames) {
        for (int i = 0; i < frames && wire != null && wire.isWelcomed() && wire.hasFrames(); i++) {
            if (++sinceDrained > 1000) {
                callListeners(Integer.MAX_VALUE);
                sinceDrained = 0;
            }
            wire.deliver();
        }
    }

    private void callListeners(int calls) {
        for (int i = 0; i < calls && !listenerTasks.isEmpty(); i++) {
            listenerTasks.poll().run();
        }
    }

    private void advance(Duration time) {
        for (Duration left = time; !left.isNegative() && !left.isZero(); left = left.minusSeconds(5)) {
            if (wire != null) {
                wire.heard();
            }
            loop.advance(left.compareTo(Duration.ofSeconds(5)) < 0 ? left : Duration.ofSeconds(5));
        }
        note("later");
    }

    // ---- rest

    private void rest() {
        note("---- rest");
        store.calmDown();
        faults.turnOff();
        denied.clear();
        if (session != null) {
            session.subscriptions().rightsChanged();
        }
        if (losesWords) {
            settle();
            cut();
        }
        settle();
        // What was lost behind the last record shows with the next one.
        for (ModelTopic log : logs.values()) {
            if (log.isBorn()) {
                log.publish(++serials, null);
            }
        }
        settle();
    }

    private void settle() {
        long before = requests;
        for (int quiet = 0, round = 0; quiet < 8; round++) {
            long seen = requests;
            boolean busy = wire == null || !wire.isWelcomed();
            server(1);
            while (session != null && (session.handleRequest() | session.lookUp() | session.replay())) {
                busy = true;
            }
            if (session != null) {
                session.writeAll();
            }
            busy |= wire != null && wire.hasNews();
            deliver(10_000);
            callListeners(Integer.MAX_VALUE);
            look();
            advance(Duration.ofSeconds(round < 20 ? 2 : 15));
            quiet = busy || requests != seen ? 0 : quiet + 1;
            if (requests - before > 40 + 30L * application.subscriptions() || round > 200) {
                throw new ModelViolation("does not come to rest: " + (requests - before) + " requests", null);
            }
        }
    }

    private void checkBounds() {
        application.closeAll();
        settle();
        if (session == null || !session.isEmpty()) {
            throw new ModelViolation("something is left at the server", null);
        }
        if (loop.timers() > 6) {
            throw new ModelViolation(loop.timers() + " timers are left", null);
        }
        long bound = 20 + 8 * (causes + faults.injected);
        if (requests > bound) {
            throw new ModelViolation(
                    requests + " requests, for " + causes + " causes and " + faults.injected + " faults", null);
        }
    }
}
