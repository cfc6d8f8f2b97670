/** The demo of a cluster: three nodes on one Redis, and a client that loses nothing while they are restarted in turn. */
@NullMarked
package live.telemetry.examples.cluster;

import org.jspecify.annotations.NullMarked;
