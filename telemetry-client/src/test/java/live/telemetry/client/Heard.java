package live.telemetry.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import live.telemetry.core.TelemetryRecord;
import org.awaitility.Awaitility;

/** What a listener gets. */
final class Heard implements RecordListener {
    final List<TelemetryRecord> records = new CopyOnWriteArrayList<>();
    final List<GapEvent> gaps = new CopyOnWriteArrayList<>();
    final AtomicReference<EndEvent> end = new AtomicReference<>();

    @Override
    public void onRecord(TelemetryRecord record) {
        records.add(record);
    }

    @Override
    public void onGap(GapEvent gap) {
        gaps.add(gap);
    }

    @Override
    public void onEnd(EndEvent event) {
        end.set(event);
    }

    List<Long> numbers(String topic) {
        return records.stream()
                .filter(record -> record.topic().name().equals(topic))
                .map(TelemetryRecord::seq)
                .toList();
    }

    void await(int count) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> records.size() >= count);
    }
}
