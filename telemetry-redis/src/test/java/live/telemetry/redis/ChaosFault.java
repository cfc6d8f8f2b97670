package live.telemetry.redis;

/** What a run does to the store, the network and the nodes. */
enum ChaosFault {
    /** The master is killed and comes back with everything that it acknowledged. */
    KILL_MASTER,
    /** All subscribers are cut off by {@code CLIENT KILL}. */
    KILL_SUBSCRIBERS,
    /** All other clients are cut off by {@code CLIENT KILL}. */
    KILL_CLIENTS,
    /** The master holds back writes. */
    PAUSE_WRITES,
    /** The master holds back everything. */
    PAUSE_ALL,
    /** The master is busy for longer than nodes wait. */
    SLEEP,
    /** The master's process is stopped, with its connections open. */
    FREEZE,
    /** Everything is lost. */
    FLUSH,
    /** Scripts are unknown. */
    FLUSH_SCRIPTS,
    /** Writes are refused. */
    OUT_OF_MEMORY,
    /** One node's bytes go nowhere, in one direction or both. */
    BLACK_HOLE,
    /** One node's bytes stand still, and arrive later. */
    STALL,
    /** One node's connections are cut. */
    CUT,
    /** The replica takes over with everything. */
    FAIL_OVER,
    /** The replica takes over without what was stored last. */
    FAIL_OVER_LOSING,
    /** The replica takes over while nodes are still connected to the old master, which goes on for a while. What it takes then is lost. */
    SPLIT,
    /** Slots go to another master, key by key. */
    RESHARD,
    /** A node ends, and another begins. */
    RESTART_NODE,
    /** A node wants nothing for a while. */
    LOSE_INTEREST
}
