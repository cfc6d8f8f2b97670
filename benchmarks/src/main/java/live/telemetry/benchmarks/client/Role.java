package live.telemetry.benchmarks.client;

/** What a reader does with its connection. */
public enum Role {
    /** Reads what comes; its deliveries are measured. */
    LIVE,
    /** Reads nothing once it is open. */
    STALLED,
    /** Asks for the last {@value ReaderPlan#REPLAYED_RECORDS} records again and again, once a second; it is not measured. */
    REPLAYING
}
