package live.telemetry.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.Retention;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.tck.Ledger;
import live.telemetry.tck.NodeModel;
import live.telemetry.tck.Scheduler;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import redis.clients.jedis.Jedis;

/**
 * Nodes publish without a pause while faults happen, chosen by a seed; real time decides the rest, so a seed gives the same faults,
 * not the same course.
 */
final class ChaosRun implements AutoCloseable {

    static final int NODES = 3;
    static final List<Topic> TOPICS =
            IntStream.range(0, 6).mapToObj(i -> Topic.of("chaos.topic-" + i)).toList();

    private static final int PENDING = 400;
    private static final Duration SETTLE = Duration.ofSeconds(40);

    /** Of a topic's epochs only the newest are remembered, so the run must not open more. */
    private static final int MAX_EPOCHS = 24;

    private final Random random;
    private final ChaosTarget store;
    private final List<ChaosFault> possible;
    private final Ledger ledger = new Ledger();
    private final NodeModel[] nodes = new NodeModel[NODES];
    private final RedisBroadcaster[] broadcasters = new RedisBroadcaster[NODES];
    private final Map<ChaosFault, Integer> faults = new EnumMap<>(ChaosFault.class);
    private final Retention retention;
    private final List<Thread> publishers = new ArrayList<>();
    private volatile boolean publishing = true;
    private volatile int started;
    private int epochs;

    /** The store is closed with the run. */
    ChaosRun(long seed, ChaosTarget store) {
        this.random = new Random(seed);
        this.store = store;
        this.possible = List.copyOf(store.faults());
        // A third of the runs retain little, so that repairs come too late.
        this.retention = random.nextInt(3) == 0 ? Retention.DEFAULT.withMaxRecords(100) : Retention.DEFAULT;
        for (int i = 0; i < NODES; i++) {
            startNode(i);
        }
        for (int i = 0; i < NODES; i++) {
            int node = i;
            long publisherSeed = random.nextLong();
            publishers.add(new Thread(() -> publish(node, new Random(publisherSeed)), "chaos-publisher-" + i));
        }
    }

    Map<ChaosFault, Integer> faults() {
        return faults;
    }

    String course() {
        long losses = 0;
        for (NodeModel node : nodes) {
            losses += node.logs().values().stream()
                    .mapToLong(log -> log.losses().size())
                    .sum();
        }
        return ledger.acknowledgedCount() + " acknowledged, "
                + ledger.failures().size() + " failed, " + losses + " losses told, " + broadcasters[0].stats();
    }

    /** Runs for so long, lets everything settle, and says what is wrong then. */
    List<String> run(Duration length) {
        publishers.forEach(Thread::start);
        long end = System.nanoTime() + length.toNanos();
        while (System.nanoTime() < end) {
            pause(random.nextInt(600));
            ChaosFault fault = possible.get(random.nextInt(possible.size()));
            if (store.opensEpoch(fault)) {
                if (++epochs > MAX_EPOCHS) {
                    continue;
                }
                // One thing at a time: two masters at once may both be replaced by what neither has stored.
                store.heal();
            }
            faults.merge(fault, 1, Integer::sum);
            inflict(fault);
        }
        publishing = false;
        publishers.forEach(ChaosRun::join);
        return settle();
    }

    private void publish(int node, Random choice) {
        int window = 0;
        while (publishing) {
            if (ledger.pending() > PENDING || ++window % 4 == 0) {
                LockSupport.parkNanos(2_000_000);
            }
            Broadcaster broadcaster = broadcasters[node];
            ledger.publish(broadcaster.toString(), broadcaster, TOPICS.get(choice.nextInt(TOPICS.size())));
        }
    }

    private void inflict(ChaosFault fault) {
        int node = random.nextInt(NODES);
        int millis = 50 + random.nextInt(1_200);
        List<RedisProcess> masters = store.masters();
        RedisProcess master = masters.get(random.nextInt(masters.size()));
        switch (fault) {
            case KILL_SUBSCRIBERS -> command(master, "CLIENT", "KILL", "TYPE", "pubsub");
            case KILL_CLIENTS -> command(master, "CLIENT", "KILL", "TYPE", "normal");
            case PAUSE_WRITES -> command(master, "CLIENT", "PAUSE", Integer.toString(millis), "WRITE");
            case PAUSE_ALL -> command(master, "CLIENT", "PAUSE", Integer.toString(millis), "ALL");
            case SLEEP -> command(master, "DEBUG", "SLEEP", Double.toString(millis / 1e3));
            case FREEZE -> {
                master.freeze();
                pause(millis);
                master.thaw();
            }
            case FLUSH -> command(master, "FLUSHALL");
            case FLUSH_SCRIPTS -> command(master, "SCRIPT", "FLUSH");
            case OUT_OF_MEMORY -> {
                command(master, "CONFIG", "SET", "maxmemory", "1");
                pause(millis);
                command(master, "CONFIG", "SET", "maxmemory", "0");
            }
            case RESTART_NODE -> {
                nodes[node].stop();
                startNode(node);
            }
            case LOSE_INTEREST -> {
                nodes[node].unwant(TopicPattern.ALL);
                pause(millis);
                nodes[node].want(TopicPattern.ALL);
            }
            default -> store.inflict(fault, master, node, millis, random);
        }
    }

    private static void command(RedisProcess redis, String name, String... arguments) {
        StoreRig.awaitRedis().until(() -> {
            try (Jedis jedis = redis.admin()) {
                // Jedis does not know every command that does damage.
                return jedis.sendCommand(() -> name.getBytes(StandardCharsets.US_ASCII), arguments) != null;
            }
        });
    }

    static void pause(int millis) {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (System.nanoTime() < until) {
            LockSupport.parkNanos(until - System.nanoTime());
        }
    }

    private void startNode(int index) {
        NodeModel node = new NodeModel("node " + started++, Scheduler.realTime());
        broadcasters[index] = RedisCluster.impatient(store.uri(index))
                .publishTimeout(Duration.ofSeconds(4))
                .interestLinger(Duration.ofMillis(300))
                .retention(retention)
                .build();
        node.start(broadcasters[index]);
        node.want(TopicPattern.ALL);
        nodes[index] = node;
    }

    private List<String> settle() {
        store.heal();
        try {
            Awaitility.await().atMost(SETTLE).until(() -> ledger.pending() == 0 && allUp());
        } catch (ConditionTimeoutException e) {
            return List.of("not settled: " + ledger.pending() + " publishes have no answer, states "
                    + broadcasters[0].state() + broadcasters[1].state() + broadcasters[2].state());
        }
        ChaosVerdict verdict = new ChaosVerdict(ledger, List.of(nodes), broadcasters[0], SETTLE);
        // The newest records reach nobody, and none comes behind them that would show it.
        store.masters().forEach(master -> command(master, "CLIENT", "KILL", "TYPE", "pubsub"));
        publishToAll("unheard");
        List<String> problems = verdict.problemsOfStoredTopics();
        if (problems.isEmpty()) {
            // A store that lost everything of a topic can only say so with its next record.
            publishToAll("last");
            problems = verdict.problems();
        }
        return problems;
    }

    private void publishToAll(String publisher) {
        TOPICS.forEach(topic -> ledger.publish(publisher, broadcasters[0], topic));
    }

    private boolean allUp() {
        for (Broadcaster broadcaster : broadcasters) {
            if (broadcaster.state() != Broadcaster.State.UP) {
                return false;
            }
        }
        return true;
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        publishing = false;
        publishers.forEach(ChaosRun::join);
        for (NodeModel node : nodes) {
            node.stop();
        }
        store.close();
    }
}
