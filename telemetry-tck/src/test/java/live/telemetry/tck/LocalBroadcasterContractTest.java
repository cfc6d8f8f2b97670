package live.telemetry.tck;

import java.util.EnumSet;
import java.util.Set;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.LocalBroadcaster;

class LocalBroadcasterContractTest extends BroadcasterContract {

    @Override
    protected BroadcasterCluster newCluster() {
        return new BroadcasterCluster() {
            @Override
            public Set<Capability> capabilities() {
                return EnumSet.noneOf(Capability.class);
            }

            @Override
            public Broadcaster newBroadcaster() {
                return new LocalBroadcaster();
            }

            @Override
            public void close() {
                // Nothing is shared.
            }
        };
    }
}
