package live.telemetry.core.envelope;

import java.util.concurrent.TimeUnit;
import live.telemetry.benchmarks.SampleRecords;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Reading envelopes: a request as the server gets it, a record as a client gets it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class EnvelopeBenchmark {

    private final String subscribe =
            "{\"type\":\"subscribe\",\"id\":1,\"topic\":\"host.cpu\",\"since\":{\"epoch\":\"k3x9\",\"seq\":41}}";
    private final String data = EnvelopeCodec.encodeData(SampleRecords.record(42));

    /**
     * Reads a {@code subscribe}.
     *
     * @return the envelope
     */
    @Benchmark
    public ClientEnvelope readSubscribe() {
        return EnvelopeCodec.decodeClient(subscribe);
    }

    /**
     * Reads a {@code data} of 190 bytes.
     *
     * @return the envelope
     */
    @Benchmark
    public ServerEnvelope readData() {
        return EnvelopeCodec.decodeServer(data);
    }
}
