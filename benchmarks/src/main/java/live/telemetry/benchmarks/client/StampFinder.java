package live.telemetry.benchmarks.client;

import java.nio.charset.StandardCharsets;

/**
 * Finds, in the bytes of envelopes, when a record was made: <code>"data":{"t":123456789</code>, a {@link System#nanoTime()}. It looks first where it found the
 * last one, and otherwise searches; nothing is parsed but the number. Confined to a loop, and shared by its readers, whose
 * records look alike.
 */
final class StampFinder {

    private static final byte[] MARKER = "\"data\":{\"t\":".getBytes(StandardCharsets.US_ASCII);

    private int likelyOffset;
    private long stamp;
    private int end;

    /**
     * Looks for the next one.
     *
     * @return whether there is one between the two indices
     */
    boolean find(byte[] bytes, int from, int to) {
        int likely = from + likelyOffset;
        int found = isMarker(bytes, likely, to) ? likely : search(bytes, from, to);
        if (found < 0) {
            return false;
        }
        likelyOffset = found - from;
        readNumber(bytes, found + MARKER.length, to);
        return true;
    }

    /** The time that was found, as {@link System#nanoTime()} of the server's process. */
    long stamp() {
        return stamp;
    }

    /** Where its number ends. */
    int end() {
        return end;
    }

    private void readNumber(byte[] bytes, int from, int to) {
        long number = 0;
        int i = from;
        while (i < to && bytes[i] >= '0' && bytes[i] <= '9') {
            number = number * 10 + (bytes[i++] - '0');
        }
        stamp = number;
        end = i;
    }

    private static int search(byte[] bytes, int from, int to) {
        for (int i = from; i <= to - MARKER.length; i++) {
            if (isMarker(bytes, i, to)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isMarker(byte[] bytes, int at, int to) {
        if (at + MARKER.length > to) {
            return false;
        }
        for (int i = 0; i < MARKER.length; i++) {
            if (bytes[at + i] != MARKER[i]) {
                return false;
            }
        }
        return true;
    }
}
