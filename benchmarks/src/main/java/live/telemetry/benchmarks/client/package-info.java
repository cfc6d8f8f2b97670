/**
 * A load client that costs little beside the server that it loads: one thread reads thousands of connections, and looks in each
 * record for nothing but its time. See {@link live.telemetry.benchmarks.client.LoadClient}.
 */
@NullMarked
package live.telemetry.benchmarks.client;

import org.jspecify.annotations.NullMarked;
