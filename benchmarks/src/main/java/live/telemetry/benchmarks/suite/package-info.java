/** The suite: scenarios that run servers and the load client against each other, and the tables that come of it. */
@NullMarked
package live.telemetry.benchmarks.suite;

import org.jspecify.annotations.NullMarked;
