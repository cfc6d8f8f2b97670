/**
 * Benchmarks: {@link live.telemetry.benchmarks.suite.BenchmarkSuite} measures whole servers. The JMH benchmarks of inner parts
 * stand in the packages of what they measure, since most of it is not public.
 */
@NullMarked
package live.telemetry.benchmarks;

import org.jspecify.annotations.NullMarked;
