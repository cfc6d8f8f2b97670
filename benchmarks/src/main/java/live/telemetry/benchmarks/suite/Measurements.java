package live.telemetry.benchmarks.suite;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Values by metric: of one run, or the medians of several. */
final class Measurements {

    private final Map<Metric, Double> values = new EnumMap<>(Metric.class);

    Measurements with(Metric metric, double value) {
        values.put(metric, value);
        return this;
    }

    Optional<Double> get(Metric metric) {
        return Optional.ofNullable(values.get(metric));
    }

    Set<Metric> metrics() {
        return values.keySet();
    }

    /** Of each metric by itself, over the runs that have it; of an even number of runs the lower of the two in the middle. */
    static Measurements medians(List<Measurements> runs) {
        Measurements medians = new Measurements();
        for (Metric metric : Metric.values()) {
            List<Double> sorted = runs.stream()
                    .flatMap(run -> run.get(metric).stream())
                    .sorted()
                    .toList();
            if (!sorted.isEmpty()) {
                medians.with(metric, sorted.get((sorted.size() - 1) / 2));
            }
        }
        return medians;
    }
}
