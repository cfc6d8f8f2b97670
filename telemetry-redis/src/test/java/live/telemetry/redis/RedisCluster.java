package live.telemetry.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import live.telemetry.core.Broadcaster;
import live.telemetry.tck.BroadcasterCluster;
import live.telemetry.tck.Capability;

/** Broadcasters on a Redis of their own, with time-outs that suit tests. */
final class RedisCluster implements BroadcasterCluster {

    private final String uri;
    private final String keyPrefix;
    private final List<RedisProcess> processes;
    private final Runnable end;
    private final List<Broadcaster> broadcasters = new ArrayList<>();

    /** The Redis is closed with this. */
    RedisCluster(RedisProcess redis) {
        this(redis.uri(), RedisBroadcasterBuilder.DEFAULT_KEY_PREFIX, List.of(redis), redis::close);
    }

    /** On a Redis that others use before and afterwards, with other prefixes. */
    RedisCluster(ClusterRig rig, String keyPrefix) {
        this(rig.uri(""), keyPrefix, rig.nodes(), rig::awaitWhole);
    }

    private RedisCluster(String uri, String keyPrefix, List<RedisProcess> processes, Runnable end) {
        this.uri = uri;
        this.keyPrefix = keyPrefix;
        this.processes = processes;
        this.end = end;
    }

    /** With short time-outs, so that faults are noticed soon. */
    static RedisBroadcasterBuilder impatient(String uri) {
        return RedisBroadcaster.builder()
                .uri(uri)
                .connectTimeout(Duration.ofMillis(500))
                .commandTimeout(Duration.ofMillis(500))
                .heartbeat(Duration.ofMillis(200))
                .tailCheck(Duration.ofMillis(500));
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.allOf(Capability.class);
    }

    @Override
    public Broadcaster newBroadcaster() {
        Broadcaster broadcaster = impatient(uri).keyPrefix(keyPrefix).build();
        broadcasters.add(broadcaster);
        return broadcaster;
    }

    @Override
    public void cutStore() {
        processes.forEach(RedisProcess::freeze);
    }

    @Override
    public void restoreStore() {
        processes.forEach(RedisProcess::thaw);
    }

    @Override
    public void close() {
        broadcasters.forEach(Broadcaster::close);
        // A test may end with its store away.
        restoreStore();
        end.run();
    }
}
