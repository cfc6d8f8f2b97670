package live.telemetry.benchmarks.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The suite as it is run, but with 20 readers and for a second. No figure is judged. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class BenchmarkSuiteIT {

    @Test
    void measuresEveryServer() throws IOException, InterruptedException {
        Set<Contender> contenders = EnumSet.allOf(Contender.class);
        if (FloorCompiler.binary().isEmpty()) {
            contenders.remove(Contender.FLOOR);
        }

        assertThat(run("fanout-50", contenders)).hasSize(contenders.size()).allSatisfy(this::hasDelivered);
    }

    @Test
    void measuresEveryTransport() throws IOException, InterruptedException {
        assertThat(run("carriers", EnumSet.of(Contender.TELEMETRY))).hasSize(3).allSatisfy(this::hasDelivered);
    }

    private static List<Outcome> run(String scenario, Set<Contender> contenders)
            throws IOException, InterruptedException {
        SuiteOptions options = new SuiteOptions(
                List.of(scenario), contenders, 1, Duration.ZERO, Duration.ofSeconds(1), 0.02, 1, List.of("-Xmx128m"));
        return new BenchmarkSuite(options, progress -> {})
                .run().values().stream().flatMap(List::stream).toList();
    }

    private void hasDelivered(Outcome outcome) {
        assertThat(outcome.failures()).as(outcome.name()).isEmpty();
        assertThat(outcome.medians().get(Metric.DELIVERIES))
                .as(outcome.name())
                .hasValueSatisfying(rate -> assertThat(rate).isPositive());
    }
}
