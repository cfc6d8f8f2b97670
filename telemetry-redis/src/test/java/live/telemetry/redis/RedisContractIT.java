package live.telemetry.redis;

import live.telemetry.tck.BroadcasterCluster;
import live.telemetry.tck.BroadcasterContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;
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

    @Nested
    @EnabledIf("live.telemetry.redis.RedisBinary#isInstalled")
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    class OnARedisCluster extends BroadcasterContract {

        private final ClusterRig rig = new ClusterRig(ClusterRig.MASTERS, RedisBinary.preferred());
        private int tests;

        @AfterAll
        void end() {
            rig.close();
        }

        @Override
        protected BroadcasterCluster newCluster() {
            return new RedisCluster(rig, "test-" + ++tests);
        }
    }
}
