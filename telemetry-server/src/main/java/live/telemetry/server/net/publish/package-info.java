/** Publishing over plain HTTP. */
@NullMarked
package live.telemetry.server.net.publish;

import org.jspecify.annotations.NullMarked;
