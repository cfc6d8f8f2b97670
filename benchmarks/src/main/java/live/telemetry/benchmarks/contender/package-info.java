/**
 * The servers that are measured, each in a process of its own: Telemetry Live, and others as their documentation shows them.
 * They obey commands on standard input, see {@link live.telemetry.benchmarks.contender.ServerProcess}.
 */
@NullMarked
package live.telemetry.benchmarks.contender;

import org.jspecify.annotations.NullMarked;
