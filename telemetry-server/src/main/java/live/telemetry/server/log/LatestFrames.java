package live.telemetry.server.log;

import java.util.List;

/**
 * The latest records of some keys, as of one moment.
 *
 * @param upTo the log's number up to which they are complete: a reader goes on behind it
 * @param frames ascending by number
 */
public record LatestFrames(long upTo, List<Frame> frames) {

    /**
     * One of them.
     *
     * @param seq the record's number
     * @param bytes as they go on the wire; shared, so nobody writes to them
     */
    public record Frame(long seq, byte[] bytes) {}
}
