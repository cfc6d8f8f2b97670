package live.telemetry.server.log;

import live.telemetry.core.Position;

/** A framing in which logs are not kept: its frames are made from those that are, see {@link DerivedFrames}. One object each. */
public interface DerivedFraming extends Framing {

    /**
     * What stands before a record's JSON.
     *
     * @param position of the record
     * @return bytes that nobody writes to
     */
    byte[] before(Position position);

    /**
     * What stands behind it.
     *
     * @return bytes that nobody writes to
     */
    byte[] behind();
}
