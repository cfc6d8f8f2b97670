/** What a request over HTTP subscribes to: its query or body, and the cursors in it. No sockets. */
@NullMarked
package live.telemetry.server.net.subscription;

import org.jspecify.annotations.NullMarked;
