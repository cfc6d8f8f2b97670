/** Sessions over WebSocket (RFC 6455), with Java-WebSocket as the codec of what clients send. */
@NullMarked
package live.telemetry.server.net.websocket;

import org.jspecify.annotations.NullMarked;
