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
import live.telemetry.core.Broadcaster;
import live.telemetry.core.Retention;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.tck.Ledger;
import live.telemetry.tck.NodeModel;
import live.telemetry.tck.Scheduler;
import live.telemetry.tck.proxy.Cut;
import live.telemetry.tck.proxy.Direction;
import live.telemetry.tck.proxy.Impairment;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Nodes publish without a pause while faults happen, chosen by a seed; real time decides the rest, so a seed gives the same faults,
 * not the same course.
 */
final class ChaosRun implements AutoCloseable {

    private static final int NODES = 3;
    private static final int PENDING = 400;
    private static final Duration SETTLE = Duration.ofSeconds(40);

    /** Of a topic's epochs only the newest are remembered, so the run must not open more. */
    private static final int MAX_EPOCHS = 24;

    private final Random random;
    private final ChaosStore store;
    private final Ledger ledger = new Ledger();
    private final List<Topic> topics = new ArrayList<>();
    private final NodeModel[] nodes = new NodeModel[NODES];
    private final RedisBroadcaster[] broadcasters = new RedisBroadcaster[NODES];
    private final Map<ChaosFault, Integer> faults = new EnumMap<>(ChaosFault.class);
    private final Retention retention;
    private final List<Thread> publishers = new ArrayList<>();
    private volatile boolean publishing = true;
    private volatile int started;
    private int epochs;

    ChaosRun(long seed, RedisBinary binary) {
        this.random = new Random(seed);
        this.store = new ChaosStore(binary, NODES);
        // A third of the runs retain little, so that repairs come too late.
        this.retention = random.nextInt(3) == 0 ? Retention.DEFAULT.withMaxRecords(100) : Retention.DEFAULT;
        for (int i = 0; i < 6; i++) {
            topics.add(Topic.of("chaos.topic-" + i));
        }
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
            ChaosFault fault = ChaosFault.values()[random.nextInt(ChaosFault.values().length)];
            if (opensEpoch(fault) && ++epochs > MAX_EPOCHS) {
                continue;
            }
            faults.merge(fault, 1, Integer::sum);
            inflict(fault);
        }
        publishing = false;
        publishers.forEach(ChaosRun::join);
        return settle();
    }

    private static boolean opensEpoch(ChaosFault fault) {
        return switch (fault) {
            case KILL_MASTER, FAIL_OVER, FAIL_OVER_LOSING, SPLIT, FLUSH -> true;
            default -> false;
        };
    }

    private void publish(int node, Random choice) {
        int window = 0;
        while (publishing) {
            if (ledger.pending() > PENDING || ++window % 4 == 0) {
                LockSupport.parkNanos(2_000_000);
            }
            Broadcaster broadcaster = broadcasters[node];
            ledger.publish(broadcaster.toString(), broadcaster, topics.get(choice.nextInt(topics.size())));
        }
    }

    private void inflict(ChaosFault fault) {
        int node = random.nextInt(NODES);
        int millis = 50 + random.nextInt(1_200);
        switch (fault) {
            case KILL_MASTER -> {
                store.killMaster();
                pause(millis);
                store.master().start();
            }
            case KILL_SUBSCRIBERS -> command("CLIENT", "KILL", "TYPE", "pubsub");
            case KILL_CLIENTS -> command("CLIENT", "KILL", "TYPE", "normal");
            case PAUSE_WRITES -> command("CLIENT", "PAUSE", Integer.toString(millis), "WRITE");
            case PAUSE_ALL -> command("CLIENT", "PAUSE", Integer.toString(millis), "ALL");
            case SLEEP -> command("DEBUG", "SLEEP", Double.toString(millis / 1e3));
            case FREEZE -> {
                store.master().freeze();
                pause(millis);
                store.master().thaw();
            }
            case FLUSH -> command("FLUSHALL");
            case FLUSH_SCRIPTS -> command("SCRIPT", "FLUSH");
            case OUT_OF_MEMORY -> {
                command("CONFIG", "SET", "maxmemory", "1");
                pause(millis);
                command("CONFIG", "SET", "maxmemory", "0");
            }
            case BLACK_HOLE -> impair(node, Impairment.BLACK_HOLE, millis);
            case STALL -> impair(node, Impairment.STALL, millis);
            case CUT -> store.proxy(node).cut(random.nextBoolean() ? Cut.RESET : Cut.FIN);
            case FAIL_OVER -> {
                store.catchUp();
                store.switchOver();
            }
            case FAIL_OVER_LOSING -> {
                store.cutReplica();
                pause(millis / 4);
                store.killMaster();
                store.switchOver();
            }
            case SPLIT -> {
                store.cutReplica();
                pause(millis / 4);
                store.switchOver();
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
        }
    }

    private void impair(int node, Impairment impairment, int millis) {
        if (random.nextBoolean()) {
            store.proxy(node).impair(impairment);
        } else {
            store.proxy(node).impair(random.nextBoolean() ? Direction.TO_SERVER : Direction.TO_CLIENT, impairment);
        }
        pause(millis);
        store.proxy(node).heal();
    }

    private void command(String name, String... arguments) {
        try (Jedis jedis = store.master().admin()) {
            // Jedis does not know every command that does damage.
            jedis.sendCommand(() -> name.getBytes(StandardCharsets.US_ASCII), arguments);
        } catch (JedisException e) {
            throw new IllegalStateException(name + " " + String.join(" ", arguments), e);
        }
    }

    static void pause(int millis) {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (System.nanoTime() < until) {
            LockSupport.parkNanos(until - System.nanoTime());
        }
    }

    private void startNode(int index) {
        NodeModel node = new NodeModel("node " + started++, Scheduler.realTime());
        broadcasters[index] = RedisCluster.impatient(
                        "redis://127.0.0.1:" + store.proxy(index).port())
                .publishTimeout(Duration.ofSeconds(4))
                .interestLinger(Duration.ofMillis(300))
                .retention(retention)
                .build();
        node.start(broadcasters[index]);
        node.want(TopicPattern.ALL);
        nodes[index] = node;
    }

    private List<String> settle() {
        store.proxies().forEach(proxy -> proxy.heal());
        try {
            Awaitility.await().atMost(SETTLE).until(() -> ledger.pending() == 0 && allUp());
        } catch (ConditionTimeoutException e) {
            return List.of("not settled: " + ledger.pending() + " publishes have no answer, states "
                    + broadcasters[0].state() + broadcasters[1].state() + broadcasters[2].state());
        }
        ChaosVerdict verdict = new ChaosVerdict(ledger, List.of(nodes), broadcasters[0], SETTLE);
        // The newest records reach nobody, and none comes behind them that would show it.
        command("CLIENT", "KILL", "TYPE", "pubsub");
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
        topics.forEach(topic -> ledger.publish(publisher, broadcasters[0], topic));
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
