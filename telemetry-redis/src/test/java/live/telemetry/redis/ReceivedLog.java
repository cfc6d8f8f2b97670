package live.telemetry.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import live.telemetry.client.EndEvent;
import live.telemetry.client.GapEvent;
import live.telemetry.client.RecordListener;
import live.telemetry.core.TelemetryRecord;

/** Keeps what a listener was told, in the order in which it came. Its number, and what was published, for each record. */
final class ReceivedLog implements RecordListener {

    /** A record, as two listeners compare it. */
    record Entry(long seq, String data) {}

    // Guarded by this.
    private final Map<String, List<Entry>> entries = new TreeMap<>();

    /** Gaps and ends, of which there should be none. */
    final List<Object> complaints = new CopyOnWriteArrayList<>();

    @Override
    public synchronized void onRecord(TelemetryRecord record) {
        entries.computeIfAbsent(record.topic().name(), topic -> new ArrayList<>())
                .add(new Entry(record.seq(), record.data().text()));
    }

    @Override
    public void onGap(GapEvent gap) {
        complaints.add(gap);
    }

    @Override
    public void onEnd(EndEvent end) {
        complaints.add(end);
    }

    synchronized List<Entry> of(String topic) {
        return List.copyOf(entries.getOrDefault(topic, List.of()));
    }

    synchronized int size(String topic) {
        return entries.getOrDefault(topic, List.of()).size();
    }

    synchronized long total() {
        return entries.values().stream().mapToLong(List::size).sum();
    }

    /** The first number that is not one more than the one before it, from 1 on; 0 if there is none. */
    static long firstOutOfOrder(List<Entry> entries) {
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i).seq() != i + 1) {
                return entries.get(i).seq();
            }
        }
        return 0;
    }
}
