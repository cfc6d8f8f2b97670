package live.telemetry.core;

/**
 * A place in a topic's log: the record with this sequence number, within this epoch. It is what a client remembers and
 * resumes after.
 *
 * @param epoch 1 to 32 of {@code A–Z a–z 0–9 _ -}; empty for a topic that has no record yet
 * @param seq the sequence number, from 1; 0 stands before the first record; below 2<sup>53</sup>, since browsers count in
 *     doubles
 */
public record Position(String epoch, long seq) {

    /** Sequence numbers stay below this, so that a browser's {@code number} holds them exactly. */
    public static final long SEQ_LIMIT = 1L << 53;

    /** The longest epoch, in characters. */
    public static final int MAX_EPOCH_LENGTH = 32;

    /** Where a topic without any record stands: epoch {@code ""}, seq 0. */
    public static final Position NONE = new Position("", 0);

    /**
     * Validates both parts.
     *
     * @throws IllegalArgumentException if the epoch or the number is out of bounds
     */
    public Position {
        if (!isEpoch(epoch) && !epoch.isEmpty()) {
            throw new IllegalArgumentException("an epoch is 1 to 32 of A-Z a-z 0-9 _ -, and not a reserved word: \""
                    + (epoch.length() > 40 ? epoch.substring(0, 40) + "…" : epoch) + '"');
        }
        if (seq < 0 || seq >= SEQ_LIMIT) {
            throw new IllegalArgumentException("seq must be from 0 to 2^53-1: " + seq);
        }
        if (epoch.isEmpty() && seq != 0) {
            throw new IllegalArgumentException("a position without an epoch has seq 0, not " + seq);
        }
    }

    /**
     * Whether a text can be the epoch of a record: 1 to 32 of {@code A–Z a–z 0–9 _ -}, and none of {@code last}, {@code
     * start}, {@code snapshot}, which mean something else where a position is written as text.
     *
     * @param text the text
     * @return true if it can
     */
    public static boolean isEpoch(String text) {
        if (text.isEmpty() || text.length() > MAX_EPOCH_LENGTH) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean allowed =
                    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
            if (!allowed) {
                return false;
            }
        }
        return !text.equals("last") && !text.equals("start") && !text.equals("snapshot");
    }

    /**
     * Reads what {@link #toString()} wrote, for positions that an application has stored.
     *
     * @param text {@code epoch:seq}
     * @return the position
     * @throws IllegalArgumentException if it is no such text
     */
    public static Position parse(String text) {
        int colon = text.lastIndexOf(':');
        try {
            return new Position(text.substring(0, colon), Long.parseLong(text.substring(colon + 1)));
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            String shown = text.length() > 60 ? text.substring(0, 60) + "…" : text;
            throw new IllegalArgumentException("a position is written as epoch:seq, not as \"" + shown + '"', e);
        }
    }

    /** The position as {@code epoch:seq}, which {@link #parse} reads. */
    @Override
    public String toString() {
        return epoch + ':' + seq;
    }
}
