package live.telemetry.server.log;

import java.util.concurrent.TimeUnit;
import live.telemetry.benchmarks.SampleRecords;
import live.telemetry.core.Position;
import live.telemetry.core.Retention;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.envelope.EnvelopeCodec;
import live.telemetry.server.net.websocket.WebSocketFraming;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a record costs once, however many sessions read it: to be encoded, and to be appended to a log that is full. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class TopicLogBenchmark {

    private static final long MEMORY = 64 << 20;
    private static final int MAX_KEYS = 10_000;

    private TopicLog log;
    private byte[] frame;
    private long seq;

    /** An empty log with the default retention, which the warm-up fills. */
    @Setup
    public void fill() {
        log = new TopicLog(
                new Position("bench", 0),
                Retention.DEFAULT,
                new LatestBudget(MAX_KEYS, MEMORY),
                new SegmentPool(MEMORY, new ReaderTurns(1)));
        frame = encode();
    }

    /**
     * A frame is copied into the newest segment; the oldest segment goes when its records do.
     *
     * @return whether there was memory
     */
    @Benchmark
    public boolean append() {
        return log.append(SampleRecords.record(++seq), frame);
    }

    /**
     * A record becomes an envelope, and that a frame.
     *
     * @return the frame
     */
    @Benchmark
    public byte[] encode() {
        TelemetryRecord record = SampleRecords.record(seq + 1);
        return WebSocketFraming.INSTANCE.frame(EnvelopeCodec.encodeData(record));
    }
}
