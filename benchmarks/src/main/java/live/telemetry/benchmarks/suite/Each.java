package live.telemetry.benchmarks.suite;

/** Memory that was added, shared out among what was added. */
final class Each {

    private Each() {}

    static Measurements of(double count, ServerUsage before, ServerUsage after) {
        Measurements each = new Measurements().with(Metric.RESIDENT_EACH, after.residentSince(before) / count);
        after.since(before, "heap").ifPresent(bytes -> each.with(Metric.HEAP_EACH, bytes / count));
        after.since(before, "direct").ifPresent(bytes -> each.with(Metric.DIRECT_EACH, bytes / count));
        return each;
    }
}
