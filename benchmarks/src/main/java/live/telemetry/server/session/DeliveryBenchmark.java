package live.telemetry.server.session;

import java.util.concurrent.TimeUnit;
import live.telemetry.benchmarks.SampleRecords;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A record on its way to a thousand sessions of one loop, from {@code publish} to the last cursor that has moved behind it, with
 * sockets that take everything and cost nothing: what the server itself adds to the system calls. Per session.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class DeliveryBenchmark {

    private static final int SESSIONS = 1_000;

    private SocketlessLoop loop;

    /** Opens the sessions, and subscribes each to the topic. */
    @Setup(Level.Trial)
    public void open() {
        loop = new SocketlessLoop();
        for (int i = 0; i < SESSIONS; i++) {
            loop.open("{\"type\":\"subscribe\",\"topic\":\"" + SampleRecords.TOPIC + "\"}");
        }
        loop.turn();
    }

    /** Ends the node's thread. */
    @TearDown(Level.Trial)
    public void close() {
        loop.close();
    }

    /**
     * Publishes and delivers one record.
     *
     * @return how many sessions got it
     */
    @Benchmark
    @OperationsPerInvocation(SESSIONS)
    public long deliver() {
        loop.node().publish(SampleRecords.publication());
        long delivered = loop.turn();
        if (delivered != SESSIONS) {
            throw new IllegalStateException("delivered " + delivered);
        }
        return delivered;
    }
}
