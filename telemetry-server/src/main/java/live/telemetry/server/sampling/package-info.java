/** Reading metric sources at their intervals, each on its own account: none delays another. */
@NullMarked
package live.telemetry.server.sampling;

import org.jspecify.annotations.NullMarked;
