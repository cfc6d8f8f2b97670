/** The embeddable server. Start with {@link live.telemetry.server.TelemetryServer#builder()}. */
@NullMarked
package live.telemetry.server;

import org.jspecify.annotations.NullMarked;
