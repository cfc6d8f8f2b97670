package live.telemetry.benchmarks.suite;

import java.util.ArrayList;
import java.util.List;

/** What became of one variant over all rounds. */
final class Outcome {

    private final Variant variant;
    private final List<Measurements> runs = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    Outcome(Variant variant) {
        this.variant = variant;
    }

    /** Measures once more; a failure is one of the results. */
    String measure(Bench bench) throws InterruptedException {
        try {
            Measurements measured = variant.run().measure(bench);
            runs.add(measured);
            return MarkdownReport.line(measured);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            failures.add(String.valueOf(e.getMessage()));
            return "failed: " + e.getMessage();
        }
    }

    String name() {
        return variant.name();
    }

    /** Empty if every run failed. */
    Measurements medians() {
        return Measurements.medians(runs);
    }

    List<String> failures() {
        return failures;
    }
}
