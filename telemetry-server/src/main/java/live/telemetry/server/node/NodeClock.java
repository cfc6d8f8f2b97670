package live.telemetry.server.node;

/** The clocks of a node. */
interface NodeClock {

    /** Those of the system. */
    NodeClock SYSTEM = new NodeClock() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public long wallMillis() {
            return System.currentTimeMillis();
        }
    };

    /** A clock that only grows, in nanoseconds. */
    long nanoTime();

    /** Milliseconds since 1970. */
    long wallMillis();
}
