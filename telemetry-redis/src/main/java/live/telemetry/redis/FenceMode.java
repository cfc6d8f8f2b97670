package live.telemetry.redis;

/** How scripts notice that they run on another master than before; found out on connecting. Any thread. */
final class FenceMode {

    private volatile boolean byReplicationId = true;

    boolean byReplicationId() {
        return byReplicationId;
    }

    void byReplicationId(boolean possible) {
        byReplicationId = possible;
    }

    /** As an argument of scripts. */
    String argument() {
        return byReplicationId ? "1" : "0";
    }
}
