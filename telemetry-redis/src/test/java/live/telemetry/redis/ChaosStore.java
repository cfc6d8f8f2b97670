package live.telemetry.redis;

import java.util.ArrayList;
import java.util.List;
import live.telemetry.tck.proxy.Cut;
import live.telemetry.tck.proxy.FaultProxy;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol.Command;

/** A master, a replica, and a proxy for each node, all of which lead to whichever is the master. */
final class ChaosStore implements AutoCloseable {

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

    RedisProcess master() {
        return master;
    }

    FaultProxy proxy(int node) {
        return proxies.get(node);
    }

    List<FaultProxy> proxies() {
        return proxies;
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
