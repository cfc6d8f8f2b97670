package live.telemetry.redis;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import redis.clients.jedis.HostAndPort;

/**
 * How scripts notice that they run on another master than before; found out on connecting. The weaker way is used as long as
 * one master needs it. Any thread.
 */
final class FenceMode {

    private final Set<HostAndPort> refusing = ConcurrentHashMap.newKeySet();

    boolean byReplicationId() {
        return refusing.isEmpty();
    }

    /** True if that is new. */
    boolean byReplicationId(HostAndPort master, boolean possible) {
        return possible ? refusing.remove(master) : refusing.add(master);
    }

    /** These masters are all that there are. */
    void masters(Set<HostAndPort> masters) {
        refusing.retainAll(masters);
    }

    /** As an argument of scripts. */
    String argument() {
        return byReplicationId() ? "1" : "0";
    }

    @Override
    public String toString() {
        return byReplicationId() ? "replication id" : "known positions (weaker)";
    }
}
