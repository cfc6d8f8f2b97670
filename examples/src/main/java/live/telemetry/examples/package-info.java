/** The smallest whole program. */
@NullMarked
package live.telemetry.examples;

import org.jspecify.annotations.NullMarked;
