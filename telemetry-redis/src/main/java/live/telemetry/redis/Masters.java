package live.telemetry.redis;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;

/**
 * The masters of the store: connections to each that has a partition, made and given up as the topology changes. Any thread;
 * changes come from the topology's.
 */
final class Masters implements Redirects, AutoCloseable {

    private final Topology topology;
    private final List<PublishLane> lanes;

    /** Changed under the lock only. */
    private final Map<HostAndPort, StoreMaster> connected = new ConcurrentHashMap<>();

    // Guarded by this; null before the start and after the end.
    private @Nullable Function<HostAndPort, StoreMaster> connector;

    /** The lanes are told where their partitions are. */
    Masters(Topology topology, List<PublishLane> lanes) {
        this.topology = topology;
        this.lanes = lanes;
    }

    /** The listener is told after each change. */
    void start(Function<HostAndPort, StoreMaster> newConnector, Consumer<MasterMap> listener) {
        synchronized (this) {
            connector = newConnector;
        }
        topology.start(map -> changed(map, listener));
    }

    private void changed(MasterMap map, Consumer<MasterMap> listener) {
        Map<HostAndPort, StoreMaster> left;
        synchronized (this) {
            Set<HostAndPort> masters = map.masters();
            masters.forEach(this::at);
            left = new HashMap<>(connected);
            left.keySet().removeAll(masters);
            connected.keySet().removeAll(left.keySet());
            long now = System.nanoTime();
            lanes.forEach(lane -> lane.master(map.master(lane.partition()), now));
        }
        listener.accept(map);
        connected.values().forEach(master -> master.sender().wake());
        if (!left.isEmpty()) {
            // Connecting to a node that is dead ends with its time-out only, and other changes do not wait for that.
            new WorkerThread("retiring", () -> left.values().forEach(StoreMaster::close)).start();
        }
    }

    /** The master of a partition; null if none is known. */
    @Nullable
    StoreMaster of(Partition partition) {
        HostAndPort address = topology.current().master(partition);
        return address == null ? null : connected.get(address);
    }

    /** That one, also if it is not known yet that it is a master; null after the end. */
    synchronized @Nullable StoreMaster at(HostAndPort address) {
        StoreMaster master = connected.get(address);
        Function<HostAndPort, StoreMaster> made = connector;
        if (master == null && made != null) {
            master = made.apply(address);
            connected.put(address, master);
            master.start();
        }
        return master;
    }

    @Override
    public void wake(Partition partition) {
        StoreMaster master = of(partition);
        if (master != null) {
            master.sender().wake();
        }
    }

    void heartbeat() {
        connected.values().forEach(StoreMaster::heartbeat);
    }

    @Override
    public void suspect() {
        topology.suspect();
    }

    @Override
    public void moved(int slot, HostAndPort master) {
        topology.moved(slot, master);
    }

    @Override
    public void ask(PublishLane lane, HostAndPort node) {
        // Under the lock, so that the node is not given up in between.
        synchronized (this) {
            StoreMaster asked = at(node);
            if (asked != null) {
                lane.askAt(node, System.nanoTime());
                asked.sender().wake();
            }
        }
    }

    @Override
    public void close() {
        topology.close();
        synchronized (this) {
            connector = null;
        }
        // Each may have to wait a little for its threads.
        connected.values().parallelStream().forEach(StoreMaster::close);
    }
}
