/** The browser client's files, for servers that serve them. */
@NullMarked
package live.telemetry.browser;

import org.jspecify.annotations.NullMarked;
