package live.telemetry.client;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryRecord;

/**
 * Checks what a listener is told: of each topic every record from the first on, once and in order, or a gap that names what is
 * missing. Keeps counts and what was wrong, not the records.
 */
final class Audit implements RecordListener {

    private static final int FAULTS_KEPT = 20;

    private final String name;
    private final Map<String, Long> last = new ConcurrentHashMap<>();
    private final LongAdder records = new LongAdder();
    final List<GapEvent> gaps = new CopyOnWriteArrayList<>();
    final List<String> faults = new CopyOnWriteArrayList<>();

    Audit(String name) {
        this.name = name;
    }

    @Override
    public void onRecord(TelemetryRecord record) {
        records.increment();
        Long before = last.put(record.topic().name(), record.seq());
        long expected = before == null ? 1 : before + 1;
        if (record.seq() != expected) {
            wrong(record.topic() + " has " + record.seq() + " where " + expected + " follows");
        }
    }

    @Override
    public void onGap(GapEvent gap) {
        gaps.add(gap);
        Position position = gap.position();
        last.put(gap.topic().name(), position.seq());
    }

    @Override
    public void onEnd(EndEvent end) {
        wrong("ended: " + end.code() + ' ' + end.message());
    }

    private void wrong(String what) {
        if (faults.size() < FAULTS_KEPT) {
            faults.add(name + ": " + what);
        }
    }

    long records() {
        return records.sum();
    }

    /** The number that the topic has come to. */
    long last(String topic) {
        return last.getOrDefault(topic, 0L);
    }

    @Override
    public String toString() {
        return name + " at " + last;
    }
}
