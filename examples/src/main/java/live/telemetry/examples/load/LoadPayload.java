package live.telemetry.examples.load;

/**
 * The data of a record, always of the same length: <code>{"t":123456789,"pad":"xxxx"}</code>. It is compact JSON, so it
 * comes out of the server as it went in. For one thread.
 */
final class LoadPayload {

    private static final String HEAD = "{\"t\":";
    private static final String PAD = ",\"pad\":\"";
    private static final String TAIL = "\"}";
    private static final int LONGEST_TIME = Long.toString(Long.MIN_VALUE).length();

    /** Enough for any time. */
    static final int MIN_BYTES = HEAD.length() + LONGEST_TIME + PAD.length() + TAIL.length();

    private final int bytes;
    private String rest = "";

    LoadPayload(int bytes) {
        this.bytes = bytes;
    }

    /** The text; its characters are all ASCII, one byte each. */
    String at(long nanoTime) {
        String time = Long.toString(nanoTime);
        int restLength = bytes - HEAD.length() - time.length();
        if (rest.length() != restLength) {
            // Only when the time has got a digit more: that is what makes the rest cheap.
            rest = PAD + "x".repeat(restLength - PAD.length() - TAIL.length()) + TAIL;
        }
        return new StringBuilder(bytes).append(HEAD).append(time).append(rest).toString();
    }
}
