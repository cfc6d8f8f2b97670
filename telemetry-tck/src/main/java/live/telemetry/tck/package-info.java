/**
 * The compatibility kit: what every {@link live.telemetry.core.Broadcaster} must pass, a model of the node that reads from
 * one, and a simulated cluster to test nodes against.
 */
@NullMarked
package live.telemetry.tck;

import org.jspecify.annotations.NullMarked;
