/** The messages of the wire protocol {@code telemetry.v1} and their codec. */
@NullMarked
package live.telemetry.core.envelope;

import org.jspecify.annotations.NullMarked;
