package live.telemetry.client;

/** What all attempts to connect have in common. */
record Attempts(
        ConnectSettings settings,
        Transports transports,
        ClientLoop loop,
        ListenerCalls calls,
        ClientCounters counters) {}
