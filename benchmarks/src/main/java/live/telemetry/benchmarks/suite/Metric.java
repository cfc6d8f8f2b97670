package live.telemetry.benchmarks.suite;

import java.util.Locale;

/** What is measured; in the order of a table's columns. */
enum Metric {
    DELIVERIES("deliveries/s", 0),
    SHARE("delivered of due", 3),
    P50("p50, ms", 2),
    P99("p99, ms", 2),
    CPU_PER_DELIVERY("server CPU a delivery, µs", 2),
    ALLOCATED_PER_DELIVERY("allocated a delivery, B", 1),
    SERVER_CPU("server CPU, cores", 3),
    SECONDS_UNTIL_WHOLE("until the last is whole, s", 2),
    RESIDENT("resident, MB", 0),
    RESIDENT_PEAK("resident at most meanwhile, MB", 0),
    RESIDENT_EACH("resident each, B", 0),
    HEAP_EACH("heap each, B", 0),
    DIRECT_EACH("direct memory each, B", 0);

    private final String title;
    private final int decimals;

    Metric(String title, int decimals) {
        this.title = title;
        this.decimals = decimals;
    }

    String title() {
        return title;
    }

    String format(double value) {
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
