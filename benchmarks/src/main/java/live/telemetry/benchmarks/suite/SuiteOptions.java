package live.telemetry.benchmarks.suite;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import live.telemetry.benchmarks.client.ReaderPlan;

/**
 * How the suite runs.
 *
 * @param only names of scenarios; empty for all
 * @param contenders the servers that are measured
 * @param rounds how often each is measured; the medians are reported
 * @param warmUp load before each measurement
 * @param window how long is measured
 * @param scale by which the numbers of connections and topics are multiplied
 * @param clientThreads threads of the load client
 * @param jvmOptions of the servers
 */
record SuiteOptions(
        List<String> only,
        Set<Contender> contenders,
        int rounds,
        Duration warmUp,
        Duration window,
        double scale,
        int clientThreads,
        List<String> jvmOptions) {

    static final String USAGE = """
            Measures fan-out, and prints a table for each scenario. Options, with their defaults:
              --only <names>          scenarios, separated by commas (all)
              --contenders <names>    %s (all)
              --rounds <n>            measurements of each, of which the medians are reported (3)
              --warm-up <seconds>     load before each measurement (4)
              --seconds <seconds>     how long is measured (6)
              --scale <factor>        multiplies connections and topics, for a first try (1)
              --client-threads <n>    threads of the load client (1)
              --jvm <options>         of the servers, separated by spaces ("-Xmx1g -XX:+ExitOnOutOfMemoryError")
              --list                  names the scenarios, and ends
            """.formatted(Contender.names());

    static final SuiteOptions DEFAULT = new SuiteOptions(
            List.of(),
            EnumSet.allOf(Contender.class),
            3,
            Duration.ofSeconds(4),
            Duration.ofSeconds(6),
            1,
            1,
            List.of("-Xmx1g", "-XX:+ExitOnOutOfMemoryError"));

    SuiteOptions {
        if (rounds < 1 || clientThreads < 1 || !(scale > 0) || window.isNegative() || window.isZero()) {
            throw new IllegalArgumentException("--rounds, --client-threads, --scale and --seconds must be positive");
        }
    }

    /**
     * Reads a command line.
     *
     * @throws IllegalArgumentException that says what is wrong
     */
    static SuiteOptions parse(String... arguments) {
        SuiteOptions options = DEFAULT;
        for (int i = 0; i < arguments.length; i += 2) {
            if (i + 1 == arguments.length) {
                throw new IllegalArgumentException(arguments[i] + " needs a value");
            }
            options = options.with(arguments[i], arguments[i + 1]);
        }
        return options;
    }

    private SuiteOptions with(String name, String value) {
        List<String> names = only;
        Set<Contender> servers = contenders;
        int times = rounds;
        Duration before = warmUp;
        Duration during = window;
        double factor = scale;
        int threads = clientThreads;
        List<String> jvm = jvmOptions;
        switch (name) {
            case "--only" -> names = List.of(value.split(","));
            case "--contenders" -> servers = contendersOf(value);
            case "--rounds" -> times = Integer.parseInt(value);
            case "--warm-up" -> before = seconds(value);
            case "--seconds" -> during = seconds(value);
            case "--scale" -> factor = Double.parseDouble(value);
            case "--client-threads" -> threads = Integer.parseInt(value);
            case "--jvm" -> jvm = List.of(value.trim().split(" +"));
            default -> throw new IllegalArgumentException("unknown option: " + name);
        }
        return new SuiteOptions(names, servers, times, before, during, factor, threads, jvm);
    }

    private static Set<Contender> contendersOf(String names) {
        List<Contender> named = new ArrayList<>();
        for (String name : names.split(",")) {
            named.add(Contender.named(name));
        }
        return EnumSet.copyOf(named);
    }

    private static Duration seconds(String value) {
        return Duration.ofMillis(Math.round(Double.parseDouble(value) * 1_000));
    }

    int scaled(int number) {
        return Math.max(1, (int) Math.round(number * scale));
    }

    /** So many times the same plan, to scale. */
    List<ReaderPlan> readers(int count, ReaderPlan plan) {
        return Collections.nCopies(scaled(count), plan);
    }
}
