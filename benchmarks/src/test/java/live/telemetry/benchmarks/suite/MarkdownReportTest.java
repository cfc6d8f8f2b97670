package live.telemetry.benchmarks.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

class MarkdownReportTest {

    private final Bench bench = new Bench(SuiteOptions.DEFAULT);

    @Test
    void reportsMediansRatiosAndFailures() throws InterruptedException {
        Outcome first = outcome("ours", 2.0, 9.0, 4.0);
        Outcome second = outcome("theirs", 8.0);
        Outcome third = new Outcome(new Variant("broken", anywhere -> {
            throw new IllegalStateException("the server has ended");
        }));
        third.measure(bench);

        Scenario scenario = new Scenario("idle", "10 connections", Metric.CPU_PER_DELIVERY, List.of());
        assertThat(MarkdownReport.table(scenario, List.of(first, second, third)))
                .isEqualTo("""
                        ### idle

                        | 10 connections | server CPU a delivery, µs | server CPU a delivery, µs, ratio to the first |
                        | --- | ---: | ---: |
                        | ours | 4.00 | 1.00 |
                        | theirs | 8.00 | 2.00 |
                        | broken | – | – |

                        A run of broken failed: the server has ended
                        """);
    }

    private Outcome outcome(String name, Double... costs) throws InterruptedException {
        Iterator<Double> next = List.of(costs).iterator();
        Outcome outcome = new Outcome(
                new Variant(name, anywhere -> new Measurements().with(Metric.CPU_PER_DELIVERY, next.next())));
        for (int i = 0; i < costs.length; i++) {
            outcome.measure(bench);
        }
        return outcome;
    }
}
