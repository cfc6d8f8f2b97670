/**
 * Sessions: who is connected, what it is subscribed to, and where its cursors stand. Knows the node's logs, and transports
 * only as an interface. Everything here is confined to one event loop unless it says otherwise.
 */
@NullMarked
package live.telemetry.server.session;

import org.jspecify.annotations.NullMarked;
