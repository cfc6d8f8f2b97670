package live.telemetry.tck;

/** What a broadcaster may or may not be able to do; the contract judges what the cluster under test says it can. */
public enum Capability {
    /** More than one node can share the log. */
    SEVERAL_NODES,
    /** Records that lie beyond the node can be read with {@code history}, from the first one on. */
    HISTORY,
    /** The store can be taken away and brought back, with {@link BroadcasterCluster#cutStore} and {@code restoreStore}. */
    OUTAGE
}
