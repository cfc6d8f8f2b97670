/**
 * Transports over plain HTTP: a session emulated with streams of Server-Sent Events or long polls, and requests beside them. A
 * seam of the library: applications do not need it, and it may change between minor versions.
 */
@NullMarked
package live.telemetry.client.transport.http;

import org.jspecify.annotations.NullMarked;
