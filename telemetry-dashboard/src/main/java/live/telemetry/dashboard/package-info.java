/** A page that shows every topic of a server as it changes. */
@NullMarked
package live.telemetry.dashboard;

import org.jspecify.annotations.NullMarked;
