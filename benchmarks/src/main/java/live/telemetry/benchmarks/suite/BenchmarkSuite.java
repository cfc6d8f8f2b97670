package live.telemetry.benchmarks.suite;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Measures the servers against each other and against themselves, and prints a table for each scenario. Rounds are interleaved,
 * so that what changes on the machine meanwhile meets all of them; each run has a fresh server process, and this process is the
 * load client.
 */
public final class BenchmarkSuite {

    private final SuiteOptions options;
    private final Consumer<String> progress;

    BenchmarkSuite(SuiteOptions options, Consumer<String> progress) {
        this.options = options;
        this.progress = progress;
    }

    /**
     * Runs the suite: tables on standard output, progress on standard error.
     *
     * @param args see {@code --help}
     * @throws Exception if it cannot run here at all
     */
    public static void main(String[] args) throws Exception {
        if (List.of(args).contains("--help")) {
            System.out.print(SuiteOptions.USAGE);
            return;
        }
        if (List.of(args).contains("--list")) {
            new Scenarios(SuiteOptions.DEFAULT)
                    .all()
                    .forEach(scenario -> System.out.println(scenario.name() + ": " + scenario.title()));
            return;
        }
        SuiteOptions options;
        try {
            options = SuiteOptions.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + "\n\n" + SuiteOptions.USAGE);
            System.exit(2);
            return;
        }
        System.out.println(environment(options) + '\n');
        new BenchmarkSuite(options, System.err::println)
                .run()
                .forEach((scenario, outcomes) -> System.out.println(MarkdownReport.table(scenario, outcomes)));
    }

    /** Measures everything that was chosen, round after round. */
    Map<Scenario, List<Outcome>> run() throws IOException, InterruptedException {
        Bench bench = new Bench(options);
        Map<Scenario, List<Outcome>> results = new LinkedHashMap<>();
        for (Scenario scenario : chosen()) {
            results.put(scenario, scenario.variants().stream().map(Outcome::new).toList());
        }
        if (!options.warmUp().isZero()) {
            warmUpThisProcess(bench);
        }
        for (int round = 1; round <= options.rounds(); round++) {
            for (Map.Entry<Scenario, List<Outcome>> entry : results.entrySet()) {
                for (Outcome outcome : entry.getValue()) {
                    String label = "round " + round + ", " + entry.getKey().name() + ", " + outcome.name();
                    progress.accept(label + ": " + outcome.measure(bench));
                }
            }
        }
        return results;
    }

    private List<Scenario> chosen() {
        List<Scenario> all = new Scenarios(options).all();
        List<String> unknown = new ArrayList<>(options.only());
        all.forEach(scenario -> unknown.remove(scenario.name()));
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("unknown scenarios: " + unknown + "; --list names them");
        }
        return all.stream()
                .filter(scenario -> options.only().isEmpty() || options.only().contains(scenario.name()))
                .toList();
    }

    /** What the load client does has to be compiled before the first server is measured by it. */
    private void warmUpThisProcess(Bench bench) throws InterruptedException {
        Scenarios scenarios = new Scenarios(options);
        Variant first = scenarios.all().get(0).variants().get(0);
        progress.accept("warm-up of the load client: " + new Outcome(first).measure(bench));
    }

    private static String environment(SuiteOptions options) throws IOException, InterruptedException {
        String processor = Files.readString(Path.of("/proc/cpuinfo"))
                .lines()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .findFirst()
                .orElse("unknown processor");
        return Runtime.getRuntime().availableProcessors() + " cores, which servers and load client share (" + processor
                + "); Linux " + System.getProperty("os.version") + "; JDK " + System.getProperty("java.version")
                + "; open files at most " + openFiles() + "; medians of " + options.rounds() + " rounds of "
                + options.window().toMillis() / 1e3 + " s after "
                + options.warmUp().toMillis() / 1e3
                + " s of load; records of " + Bench.RECORD_BYTES + " bytes of data; servers with "
                + String.join(" ", options.jvmOptions());
    }

    private static String openFiles() throws IOException, InterruptedException {
        Process shell = new ProcessBuilder("sh", "-c", "ulimit -n").start();
        shell.waitFor(1, TimeUnit.SECONDS);
        return new String(shell.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).trim();
    }
}
