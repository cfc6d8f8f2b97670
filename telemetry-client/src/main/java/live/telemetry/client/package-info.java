/**
 * A reconnecting client: subscribe to topics and patterns, get every record once and in order, or an explicit gap. Begin at
 * {@link live.telemetry.client.TelemetryClient}.
 */
@NullMarked
package live.telemetry.client;

import org.jspecify.annotations.NullMarked;
