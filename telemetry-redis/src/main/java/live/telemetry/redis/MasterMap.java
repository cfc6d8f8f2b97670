package live.telemetry.redis;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;

/** Which master has which partition, as far as is known. Immutable. */
final class MasterMap {

    private final List<@Nullable HostAndPort> byPartition;

    private MasterMap(List<@Nullable HostAndPort> byPartition) {
        this.byPartition = byPartition;
    }

    /** One master has all of so many partitions; null if it is not known. */
    static MasterMap of(@Nullable HostAndPort master, int partitions) {
        return new MasterMap(Collections.nCopies(partitions, master));
    }

    /** Each is at its place in the list; null for one that nobody has. */
    static MasterMap of(List<@Nullable HostAndPort> byPartition) {
        return new MasterMap(new ArrayList<>(byPartition));
    }

    /** The same, but for these. */
    MasterMap with(Map<Partition, HostAndPort> moved) {
        List<@Nullable HostAndPort> changed = new ArrayList<>(byPartition);
        moved.forEach((partition, master) -> changed.set(partition.index(), master));
        return new MasterMap(changed);
    }

    @Nullable
    HostAndPort master(Partition partition) {
        return byPartition.get(partition.index());
    }

    Set<HostAndPort> masters() {
        return byPartition.stream().filter(Objects::nonNull).collect(Collectors.toUnmodifiableSet());
    }

    /** Whether every partition has a master. */
    boolean isComplete() {
        return byPartition.stream().noneMatch(Objects::isNull);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof MasterMap map && byPartition.equals(map.byPartition);
    }

    @Override
    public int hashCode() {
        return byPartition.hashCode();
    }

    @Override
    public String toString() {
        return masters() + (isComplete() ? "" : ", partitions without a master");
    }
}
