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

    private final RedisProcess redis;
    private final List<Broadcaster> broadcasters = new ArrayList<>();

    RedisCluster(RedisProcess redis) {
        this.redis = redis;
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
        Broadcaster broadcaster = impatient(redis.uri()).build();
        broadcasters.add(broadcaster);
        return broadcaster;
    }

    @Override
    public void cutStore() {
        redis.freeze();
    }

    @Override
    public void restoreStore() {
        redis.thaw();
    }

    @Override
    public void close() {
        broadcasters.forEach(Broadcaster::close);
        redis.close();
    }
}
