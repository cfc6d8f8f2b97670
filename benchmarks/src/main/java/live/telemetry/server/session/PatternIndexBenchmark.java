package live.telemetry.server.session;

import java.util.List;
import java.util.concurrent.TimeUnit;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Finding whom a new topic concerns, among many patterns of which four match. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class PatternIndexBenchmark {

    private static final Topic TOPIC = Topic.of("site.host-7.cpu.0");
    private static final List<String> MATCHING = List.of("site.>", "site.*.cpu.*", "site.host-7.cpu.0", "*.host-7.>");

    /** Patterns that do not match. */
    @Param({"0", "1000", "100000"})
    public int others;

    private PatternIndex<Integer> index;

    /** Fills the index. */
    @Setup
    public void fill() {
        index = new PatternIndex<>();
        MATCHING.forEach(pattern -> index.add(TopicPattern.of(pattern), 0));
        for (int i = 0; i < others; i++) {
            index.add(TopicPattern.of("site.host-" + (i + 100) + ".*.>"), i);
        }
    }

    /**
     * Looks up one topic.
     *
     * @return the entries of the four
     */
    @Benchmark
    public List<Integer> match() {
        return index.matching(TOPIC);
    }
}
