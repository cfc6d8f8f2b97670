package live.telemetry.redis;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import live.telemetry.core.Broadcaster.LatestRecords;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;

/** The call of {@code latest.lua}, and what it answers. */
final class LatestTable {

    /** Keys whose latest record Redis keeps, for each topic. Where there are more, only the stream knows all of them. */
    static final int MAX_KEYS = 10_000;

    /** The fields before the records. */
    private static final int FIXED = 3;

    private LatestTable() {}

    static StoreCommand command(Partition partition, Topic topic, KnownHeads heads) {
        Position known = heads.known(topic);
        return StoreCommand.call(
                LuaScript.LATEST,
                List.of(partition.metadataKey(topic), partition.streamKey(topic), partition.latestKey(topic)),
                List.of(RandomNames.next(), heads.fence().argument(), known.epoch(), known.seq(), MAX_KEYS));
    }

    /** Empty if the table may lack keys. A record that cannot be read is left out and counted. */
    static Optional<LatestRecords> of(Topic topic, Object reply, RedisCounters counters) {
        List<?> parts = (List<?>) reply;
        if (parts.isEmpty()) {
            return Optional.of(new LatestRecords(Position.NONE, List.of()));
        }
        if (parts.size() < FIXED) {
            return Optional.empty();
        }
        Position head = new Position(text(parts.get(0)), Long.parseLong(text(parts.get(1))));
        List<TelemetryRecord> records = new ArrayList<>();
        for (int i = FIXED; i + 1 < parts.size(); i += 2) {
            long seq = Long.parseLong(text(parts.get(i)));
            TelemetryRecord record = RecordBytes.decodeWhole(topic, seq, ByteBuffer.wrap((byte[]) parts.get(i + 1)));
            if (record == null || seq > head.seq()) {
                counters.unreadableRecords.increment();
            } else {
                records.add(record);
            }
        }
        records.sort(Comparator.comparingLong(TelemetryRecord::seq));
        return Optional.of(new LatestRecords(head, records));
    }

    private static String text(Object part) {
        return new String((byte[]) part, StandardCharsets.US_ASCII);
    }
}
