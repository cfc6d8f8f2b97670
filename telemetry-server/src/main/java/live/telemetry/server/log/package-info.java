/**
 * A topic's log as it is kept in memory: the tail of its records, already encoded as they go on the wire. Knows neither
 * sessions nor sockets; whoever reads keeps a sequence number and asks for the bytes behind it.
 */
@NullMarked
package live.telemetry.server.log;

import org.jspecify.annotations.NullMarked;
