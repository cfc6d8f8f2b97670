package live.telemetry.server.net.subscription;

import java.time.Duration;
import java.util.Optional;
import live.telemetry.server.net.http.HttpException;

/** How long a poll may be held. */
final class Waits {

    private Waits() {}

    /** Seconds, of which more than the bound are the bound. */
    static Duration of(Optional<Double> seconds) {
        double longest = SubscriptionRequest.LONGEST_WAIT.toSeconds();
        double wanted = seconds.orElse(longest);
        if (!(wanted >= 0)) {
            throw HttpException.badRequest("wait must not be negative");
        }
        return Duration.ofMillis((long) (1_000 * Math.min(wanted, longest)));
    }
}
