/**
 * What carries envelopes between a client and its server. A seam of the library: applications do not need it, and it may
 * change between minor versions.
 */
@NullMarked
package live.telemetry.client.transport;

import org.jspecify.annotations.NullMarked;
