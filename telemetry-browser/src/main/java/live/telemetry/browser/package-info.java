/** The files of the browser client, for servers that serve them. */
@NullMarked
package live.telemetry.browser;

import org.jspecify.annotations.NullMarked;
