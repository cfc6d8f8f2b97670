/** Sockets: the acceptor, the event loops, and what a connection speaks before and after the upgrade. */
@NullMarked
package live.telemetry.server.net;

import org.jspecify.annotations.NullMarked;
