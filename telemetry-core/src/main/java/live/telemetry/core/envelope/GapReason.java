package live.telemetry.core.envelope;

/** Why records are gone. */
public enum GapReason {
    /** Retention dropped them. */
    EXPIRED("expired"),
    /** The log's history was lost as a whole. */
    EPOCH_CHANGED("epoch-changed"),
    /** The store lost its newest records. */
    ROLLED_BACK("rolled-back");

    private final String wireName;

    GapReason(String wireName) {
        this.wireName = wireName;
    }

    /**
     * As it stands in the envelope.
     *
     * @return for example {@code epoch-changed}
     */
    public String wireName() {
        return wireName;
    }
}
