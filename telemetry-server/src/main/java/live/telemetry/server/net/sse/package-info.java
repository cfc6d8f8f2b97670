/** Sessions over Server-Sent Events (HTML Standard §9.2). */
@NullMarked
package live.telemetry.server.net.sse;

import org.jspecify.annotations.NullMarked;
