package live.telemetry.tck;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import live.telemetry.core.Broadcaster;
import org.junit.jupiter.api.Nested;

class SimulatedClusterContractTest {

    @Nested
    class Calm extends BroadcasterContract {
        @Override
        protected BroadcasterCluster newCluster() {
            return new PumpedCluster(Turbulence.CALM);
        }
    }

    @Nested
    class WithLossAndRepeats extends BroadcasterContract {
        @Override
        protected BroadcasterCluster newCluster() {
            return new PumpedCluster(Turbulence.CALM
                    .withLoss(0.2)
                    .withDuplication(0.2)
                    .withDeliveryLag(Duration.ZERO, Duration.ofMillis(20)));
        }
    }

    private static final class PumpedCluster implements BroadcasterCluster {

        private final SimulatedCluster cluster = new SimulatedCluster(1);
        private final RealTimePump pump;

        PumpedCluster(Turbulence turbulence) {
            cluster.turbulence(turbulence);
            cluster.headInterval(Duration.ofMillis(50));
            pump = RealTimePump.start(cluster.time());
        }

        @Override
        public Set<Capability> capabilities() {
            return EnumSet.allOf(Capability.class);
        }

        @Override
        public Broadcaster newBroadcaster() {
            return cluster.newBroadcaster();
        }

        @Override
        public void cutStore() {
            cluster.cutStore();
        }

        @Override
        public void restoreStore() {
            cluster.restoreStore();
        }

        @Override
        public void close() {
            cluster.close();
            pump.close();
        }
    }
}
