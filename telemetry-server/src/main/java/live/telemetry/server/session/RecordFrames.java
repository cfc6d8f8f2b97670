package live.telemetry.server.session;

import live.telemetry.core.Position;
import live.telemetry.server.log.DerivedFrames;
import live.telemetry.server.log.DerivedFraming;
import live.telemetry.server.log.FrameRun;
import live.telemetry.server.log.Framing;
import live.telemetry.server.log.LatestFrames;
import org.jspecify.annotations.Nullable;

/** Records as the transport of one session wants them framed: as the logs have them, or derived from that. */
final class RecordFrames {

    private final DerivedFrames shared;
    /** Null if the logs' own frames are the wanted ones. */
    private final @Nullable DerivedFraming derived;

    RecordFrames(DerivedFrames shared, Framing framing) {
        this.shared = shared;
        this.derived = framing instanceof DerivedFraming other ? other : null;
    }

    /** A run whose records are framed up to a number; the numbers are the same, the offsets may be others. */
    FrameRun of(FrameRun run, String epoch, long upTo) {
        return derived == null ? run : shared.of(run, epoch, derived, upTo);
    }

    /** The latest record of a key, which stands in no run. */
    byte[] of(LatestFrames.Frame frame, String epoch) {
        return derived == null ? frame.bytes() : shared.of(frame.bytes(), new Position(epoch, frame.seq()), derived);
    }
}
