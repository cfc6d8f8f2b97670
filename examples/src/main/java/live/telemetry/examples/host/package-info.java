/** What the machine and this JVM are doing, as metric sources. */
@NullMarked
package live.telemetry.examples.host;

import org.jspecify.annotations.NullMarked;
