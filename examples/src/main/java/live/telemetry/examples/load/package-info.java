/** Synthetic records at a steady pace, for benchmarks and for watching a dashboard under load. */
@NullMarked
package live.telemetry.examples.load;

import org.jspecify.annotations.NullMarked;
