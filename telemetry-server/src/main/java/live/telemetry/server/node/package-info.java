/**
 * What a node knows of topics: their logs, fed by the broadcaster and repaired from its history. Knows neither sessions nor
 * sockets.
 */
@NullMarked
package live.telemetry.server.node;

import org.jspecify.annotations.NullMarked;
