/** The demo: this machine, live, in a browser or on a command line. */
@NullMarked
package live.telemetry.examples.demo;

import org.jspecify.annotations.NullMarked;
