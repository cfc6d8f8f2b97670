package live.telemetry.benchmarks.suite;

import java.time.Duration;

/**
 * What is not default in a server of Telemetry Live.
 *
 * @param tls whether it speaks TLS
 * @param flushInterval the shortest time between two rounds of writes
 */
record ServerOptions(boolean tls, Duration flushInterval) {

    /** Everything is default. */
    static final ServerOptions DEFAULT = new ServerOptions(false, Duration.ZERO);
}
