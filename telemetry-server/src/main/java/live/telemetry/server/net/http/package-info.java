/** HTTP/1.1 as far as this server needs it: request heads, answers, the rules of admission. Pure functions, no sockets. */
@NullMarked
package live.telemetry.server.net.http;

import org.jspecify.annotations.NullMarked;
