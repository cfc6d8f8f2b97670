/** Sessions that live for one long poll. */
@NullMarked
package live.telemetry.server.net.poll;

import org.jspecify.annotations.NullMarked;
