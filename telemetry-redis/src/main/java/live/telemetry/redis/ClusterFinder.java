package live.telemetry.redis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;

/**
 * Asks the nodes of a Redis Cluster for the masters, one after the other. A node that is cut off has an old view; so a slot goes
 * over to another master only if the configuration epoch of that one is not older, which is the cluster's own rule.
 */
final class ClusterFinder implements MasterFinder {

    private final Partitions partitions;
    private final Informants nodes;
    private final @Nullable SlotOwner[] owners;

    ClusterFinder(RedisAddress address, Partitions partitions, RedisConnections connections) {
        this.partitions = partitions;
        this.nodes = new Informants(address.hosts(), node -> connections.open(node, "topology"));
        this.owners = new SlotOwner[partitions.count()];
    }

    @Override
    public MasterMap find(List<HostAndPort> better) {
        Informants.Answer answer = nodes.ask(
                better, List.of(StoreCommand.of(Command.CLUSTER, "SLOTS"), StoreCommand.of(Command.CLUSTER, "NODES")));
        ClusterView view = ClusterView.of(
                answer.replies().get(0), answer.replies().get(1), answer.from().getHost());
        nodes.learn(view.nodes());
        for (Partition partition : partitions.all()) {
            SlotOwner known = owners[partition.index()];
            SlotOwner named = view.owner(partition.slot());
            if (known == null || !known.outranks(named, view)) {
                owners[partition.index()] = named;
            }
        }
        List<@Nullable HostAndPort> masters = new ArrayList<>();
        Arrays.stream(owners).forEach(owner -> masters.add(owner == null ? null : owner.address()));
        return MasterMap.of(masters);
    }

    @Override
    public void close() {
        nodes.close();
    }

    /**
     * The master that has a slot.
     *
     * @param address where it is
     * @param id of the node
     * @param epoch its configuration epoch; 0 if that is not known
     */
    record SlotOwner(HostAndPort address, String id, long epoch) {

        /**
         * Silence does not outrank what is known: a node that has left the cluster names nobody, and a slot that nobody serves
         * refuses its commands. A cluster that was made anew does not have this node any more, and begins again with small epochs.
         */
        private boolean outranks(@Nullable SlotOwner other, ClusterView view) {
            return other == null || (other.epoch() < epoch && view.hasNode(id));
        }
    }
}
