package live.telemetry.server.session;

import java.util.Map;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;

/**
 * How a modelled client has asked for a subscription on its present connection.
 *
 * @param subscription what it wants
 * @param positions after which it resumes
 */
record ModelRequest(ModelSubscription subscription, Map<Topic, Position> positions) {

    /** It takes over a cursor as it stands. */
    boolean isNow() {
        return positions.isEmpty() && subscription.since() == null;
    }
}
