package live.telemetry.client;

import java.util.Collection;
import live.telemetry.core.envelope.Mode;

/** In which mode a topic or pattern is asked for, on behalf of all who may share a topic. */
final class SharedMode {

    private SharedMode() {}

    /**
     * A topic comes in one mode, for everybody. So a conflated subscription is asked for in full as long as it shares a topic,
     * or may, with one that wants every record.
     */
    static Mode of(WireSubscription wire, Collection<WireSubscription> all) {
        double rate = 0;
        for (WireSubscription other : all) {
            if (!other.pattern.overlaps(wire.pattern)) {
                continue;
            }
            for (ActiveSubscription member : other.members) {
                if (!(member.mode() instanceof Mode.Conflated slower)) {
                    return Mode.ALL;
                }
                // One without members moves the cursor of another's topic.
                boolean counts = other == wire || wire.members.isEmpty();
                rate = counts ? Math.max(rate, slower.maxRate()) : rate;
            }
        }
        return rate > 0 ? Mode.conflated(rate) : Mode.ALL;
    }
}
