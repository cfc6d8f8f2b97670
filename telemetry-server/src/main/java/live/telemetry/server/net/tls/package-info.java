/** TLS below a connection: the only package that knows tls-channel. */
@NullMarked
package live.telemetry.server.net.tls;

import org.jspecify.annotations.NullMarked;
