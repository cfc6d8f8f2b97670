package live.telemetry.server.session;

import java.util.List;
import live.telemetry.server.log.LatestFrames;

/**
 * A snapshot on its way: the latest record of each key as of one moment, of which some are written. The frames are shared with
 * the log's table, so a session that takes its time costs no copy.
 */
final class SnapshotFrames {

    private final List<LatestFrames.Frame> frames;
    private int written;

    SnapshotFrames(List<LatestFrames.Frame> frames) {
        this.frames = frames;
    }

    /** How many are still to be written. */
    int left() {
        return frames.size() - written;
    }

    /** Adds what fits; says how many those were. */
    int fill(WriteBatch batch) {
        int before = written;
        while (written < frames.size() && batch.hasRoom()) {
            batch.addBytes(frames.get(written++).bytes());
        }
        return written - before;
    }
}
