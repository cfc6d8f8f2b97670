/** Who a peer is: the authenticator for JSON Web Tokens. The only package that knows JJWT. */
@NullMarked
package live.telemetry.server.auth;

import org.jspecify.annotations.NullMarked;
