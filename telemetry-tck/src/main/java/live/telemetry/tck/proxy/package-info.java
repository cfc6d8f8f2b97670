/**
 * A TCP proxy that misbehaves on demand: {@link live.telemetry.tck.proxy.FaultProxy} stands between a client and its server
 * and cuts, delays, throttles, swallows, reorders or answers instead, while a test runs.
 */
@NullMarked
package live.telemetry.tck.proxy;

import org.jspecify.annotations.NullMarked;
