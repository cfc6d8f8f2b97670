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

    /** Behind which number the rest of it is found, with what came between: only while there is a rest. */
    long resumableAfter() {
        return written == 0 ? frames.get(0).seq() - 1 : frames.get(written - 1).seq();
    }

    /** Adds what fits; says how many those were. */
    int fill(WriteBatch batch, RecordFrames records, String epoch) {
        int before = written;
        while (written < frames.size() && batch.hasRoom()) {
            batch.addRecord(records.of(frames.get(written++), epoch));
        }
        return written - before;
    }
}
