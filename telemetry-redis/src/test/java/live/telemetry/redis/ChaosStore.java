package live.telemetry.redis;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import live.telemetry.tck.proxy.Cut;
import live.telemetry.tck.proxy.Direction;
import live.telemetry.tck.proxy.FaultProxy;
import live.telemetry.tck.proxy.Impairment;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol.Command;

/** A master, a replica, and a proxy for each node, all of which lead to whichever is the master. */
final class ChaosStore implements ChaosTarget {

    private static final int NOWHERE = 1;

    private final List<FaultProxy> proxies = new ArrayList<>();
    private RedisProcess master;
    private RedisProcess replica;

    ChaosStore(RedisBinary binary, int nodes) {
        // Redis 7 asks for leave to be put to sleep.
        String[] options = {"--repl-diskless-sync", "no", "--enable-debug-command", "yes"};
        String[] supported = binary.equals(RedisBinary.embedded()) ? new String[0] : options;
        this.master = RedisProcess.durable(binary, supported);
        this.replica = RedisProcess.durable(binary, supported);
        replica.replicate(master);
        for (int i = 0; i < nodes; i++) {
            proxies.add(FaultProxy.to(master.port()));
        }
    }

    @Override
    public String uri(int node) {
        return "redis://127.0.0.1:" + proxy(node).port();
    }

    /** All but what needs several masters. */
    @Override
    public Set<ChaosFault> faults() {
        return EnumSet.complementOf(EnumSet.of(ChaosFault.RESHARD));
    }

    @Override
    public boolean opensEpoch(ChaosFault fault) {
        return switch (fault) {
            case KILL_MASTER, FAIL_OVER, FAIL_OVER_LOSING, SPLIT, FLUSH -> true;
            default -> false;
        };
    }

    @Override
    public List<RedisProcess> masters() {
        return List.of(master);
    }

    @Override
    public void inflict(ChaosFault fault, RedisProcess victim, int node, int millis, Random random) {
        switch (fault) {
            case KILL_MASTER -> {
                killMaster();
                ChaosRun.pause(millis);
                master.start();
            }
            case BLACK_HOLE -> impair(proxy(node), Impairment.BLACK_HOLE, millis, random);
            case STALL -> impair(proxy(node), Impairment.STALL, millis, random);
            case CUT -> proxy(node).cut(random.nextBoolean() ? Cut.RESET : Cut.FIN);
            case FAIL_OVER -> {
                catchUp();
                switchOver();
            }
            case FAIL_OVER_LOSING -> {
                cutReplica();
                ChaosRun.pause(millis / 4);
                killMaster();
                switchOver();
            }
            case SPLIT -> {
                cutReplica();
                ChaosRun.pause(millis / 4);
                switchOver();
            }
            default -> throw new IllegalArgumentException(fault.name());
        }
    }

    private static void impair(FaultProxy proxy, Impairment impairment, int millis, Random random) {
        if (random.nextBoolean()) {
            proxy.impair(impairment);
        } else {
            proxy.impair(random.nextBoolean() ? Direction.TO_SERVER : Direction.TO_CLIENT, impairment);
        }
        ChaosRun.pause(millis);
        proxy.heal();
    }

    @Override
    public void heal() {
        proxies.forEach(FaultProxy::heal);
    }

    RedisProcess master() {
        return master;
    }

    FaultProxy proxy(int node) {
        return proxies.get(node);
    }

    /** Lets the replica fall behind: whatever the master stores from now on, it does not get. */
    void cutReplica() {
        try (Jedis jedis = replica.admin()) {
            jedis.replicaof("127.0.0.1", NOWHERE);
        }
    }

    /** Waits until the replica has what the master has, with writers held back. */
    void catchUp() {
        try (Jedis jedis = master.admin()) {
            jedis.sendCommand(Command.CLIENT, "PAUSE", "5000", "WRITE");
            replica.awaitReplica(master);
            master.kill();
        }
    }

    /** Waits until the replica has what the master has; nobody writes meanwhile. */
    void catchUpRunning() {
        replica.awaitReplica(master);
    }

    List<RedisProcess> processes() {
        return List.of(master, replica);
    }

    void killMaster() {
        master.kill();
    }

    /** The replica becomes the master; the old one, which may be dead, its replica. */
    void switchOver() {
        RedisProcess old = master;
        replica.promote();
        master = replica;
        replica = old;
        proxies.forEach(proxy -> proxy.target(master.port()));
        if (!replica.isRunning()) {
            proxies.forEach(proxy -> proxy.cut(Cut.RESET));
            replica.start();
        }
        replica.replicate(master);
    }

    /** The replica becomes the master for connections to come; the old one goes on, cut off from it. Returns the old one. */
    RedisProcess isolateMaster() {
        cutReplica();
        RedisProcess old = master;
        replica.promote();
        master = replica;
        replica = old;
        proxies.forEach(proxy -> proxy.target(master.port()));
        return old;
    }

    @Override
    public void close() {
        proxies.forEach(FaultProxy::close);
        replica.close();
        master.close();
    }
}
