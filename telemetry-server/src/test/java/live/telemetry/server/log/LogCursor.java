package live.telemetry.server.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads as sessions do: slices of runs, found by hints, of which the peer takes a part; a frame that was cut is finished. */
final class LogCursor {

    private long seq;
    private @Nullable FrameRun hint;

    LogCursor(long seq) {
        this.seq = seq;
    }

    long seq() {
        return seq;
    }

    /** The hint is kept: it may be of any time and any log. */
    void moveTo(long newSeq) {
        seq = newSeq;
    }

    /**
     * Reads on.
     *
     * @param room how many bytes are offered to the peer, at least one record
     * @param taken how many of them it takes
     * @return the frames that it gets
     */
    List<byte[]> read(TopicLog log, int room, int taken) {
        List<byte[]> frames = new ArrayList<>();
        long head = log.head();
        int roomLeft = room;
        int left = taken;
        while (roomLeft > 0 && left > 0 && seq < head) {
            FrameRun run = log.runOf(seq + 1, hint);
            if (run == null) {
                throw new AssertionError("record " + (seq + 1) + " was not found in " + log);
            }
            hint = run;
            long next = seq + 1;
            long last = run.lastWithin(next, Math.min(head, run.lastSeq()), roomLeft);
            int start = run.startOf(next);
            int length = run.endOf(last) - start;
            roomLeft -= length;
            long delivered = last;
            if (left < length) {
                long cut = run.recordAt(start + left, next, last);
                delivered = run.startOf(cut) == start + left ? cut - 1 : cut;
            }
            for (long each = next; each <= delivered; each++) {
                frames.add(bytes(run, each));
            }
            left -= Math.min(left, length);
            seq = delivered;
        }
        return frames;
    }

    private static byte[] bytes(FrameRun run, long seq) {
        ByteBuffer view = run.view(0);
        view.limit(run.endOf(seq)).position(run.startOf(seq));
        byte[] bytes = new byte[view.remaining()];
        view.get(bytes);
        return bytes;
    }
}
