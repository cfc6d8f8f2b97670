/** Files that do not change while the server runs: the browser client, and the pages of an application. */
@NullMarked
package live.telemetry.server.net.files;

import org.jspecify.annotations.NullMarked;
