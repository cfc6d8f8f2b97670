package live.telemetry.redis;

import live.telemetry.tck.BroadcasterCluster;
import live.telemetry.tck.BroadcasterContract;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.condition.EnabledIf;

class RedisContractIT {

    @Nested
    class OnRedis62 extends BroadcasterContract {
        @Override
        protected BroadcasterCluster newCluster() {
            return new RedisCluster(RedisProcess.volatileOne(RedisBinary.embedded()));
        }
    }

    @Nested
    @EnabledIf("live.telemetry.redis.RedisBinary#isInstalled")
    class OnInstalledRedis extends BroadcasterContract {
        @Override
        protected BroadcasterCluster newCluster() {
            return new RedisCluster(RedisProcess.volatileOne(RedisBinary.preferred()));
        }
    }
}
