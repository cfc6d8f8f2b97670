package live.telemetry.benchmarks.suite;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Outcomes as tables, and as lines of progress. */
final class MarkdownReport {

    private static final String NONE = "–";

    private MarkdownReport() {}

    /** A table: a row for each variant, a column for each metric that one of them has, and the ratio to the first row. */
    static String table(Scenario scenario, List<Outcome> outcomes) {
        Set<Metric> metrics = EnumSet.noneOf(Metric.class);
        outcomes.forEach(outcome -> metrics.addAll(outcome.medians().metrics()));
        boolean compares = outcomes.size() > 1;
        List<String> head = new ArrayList<>(List.of(scenario.title()));
        metrics.forEach(metric -> head.add(metric.title()));
        if (compares) {
            head.add(scenario.compared().title() + ", ratio to the first");
        }
        StringBuilder table = new StringBuilder("### " + scenario.name() + "\n\n");
        row(table, head);
        List<String> rule = new ArrayList<>(List.of("---"));
        rule.addAll(Collections.nCopies(head.size() - 1, "---:"));
        row(table, rule);
        Optional<Double> first = outcomes.get(0).medians().get(scenario.compared());
        for (Outcome outcome : outcomes) {
            Measurements medians = outcome.medians();
            List<String> cells = new ArrayList<>(List.of(outcome.name()));
            metrics.forEach(
                    metric -> cells.add(medians.get(metric).map(metric::format).orElse(NONE)));
            if (compares) {
                cells.add(ratio(medians.get(scenario.compared()), first));
            }
            row(table, cells);
        }
        outcomes.forEach(outcome -> outcome.failures()
                .forEach(failure -> table.append("\nA run of ")
                        .append(outcome.name())
                        .append(" failed: ")
                        .append(failure)
                        .append('\n')));
        return table.toString();
    }

    private static String ratio(Optional<Double> value, Optional<Double> first) {
        return value.isPresent() && first.isPresent() && first.get() > 0
                ? String.format(Locale.ROOT, "%.2f", value.get() / first.get())
                : NONE;
    }

    private static void row(StringBuilder table, List<String> cells) {
        table.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    /** One run. */
    static String line(Measurements measured) {
        return measured.metrics().stream()
                .map(metric -> metric.title() + ": "
                        + measured.get(metric).map(metric::format).orElse(NONE))
                .collect(Collectors.joining("; "));
    }
}
