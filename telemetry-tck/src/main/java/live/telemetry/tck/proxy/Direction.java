package live.telemetry.tck.proxy;

/** One of the two ways of bytes through a connection. */
public enum Direction {
    /** From the client to the server. */
    TO_SERVER,
    /** From the server to the client. */
    TO_CLIENT;

    /**
     * The other way.
     *
     * @return the opposite direction
     */
    public Direction reverse() {
        return this == TO_SERVER ? TO_CLIENT : TO_SERVER;
    }
}
