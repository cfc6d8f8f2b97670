/** JSON as the rest of the library sees it. The only package that knows Gson. */
@NullMarked
package live.telemetry.core.json;

import org.jspecify.annotations.NullMarked;
