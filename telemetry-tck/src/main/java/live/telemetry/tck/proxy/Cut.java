package live.telemetry.tck.proxy;

/** How a connection ends before its time. */
public enum Cut {
    /** Without a good-bye (RST), as when a process dies or a firewall forgets. What was sent last may be lost with it. */
    RESET,
    /** In order (FIN): the peer reads what was sent, then the end of the stream. */
    FIN
}
