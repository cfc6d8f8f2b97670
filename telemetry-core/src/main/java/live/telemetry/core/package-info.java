/** What a record is, where it stands in its topic, and what an application or a store implements. */
@NullMarked
package live.telemetry.core;

import org.jspecify.annotations.NullMarked;
