package live.telemetry.redis;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import live.telemetry.core.History;
import live.telemetry.core.History.Continuity;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import org.jspecify.annotations.Nullable;

/**
 * What {@code recover.lua} found.
 *
 * @param history the answer to whoever asked
 * @param cut the last number of the epoch asked for that is still valid; null if that epoch is unknown
 */
record Recovered(History history, @Nullable Long cut) {

    private static final Recovered NOTHING_BEFORE =
            new Recovered(new History(Continuity.CONTINUES, Position.NONE, 1, List.of()), 0L);
    private static final Recovered NOTHING_LEFT =
            new Recovered(new History(Continuity.EPOCH_CHANGED, Position.NONE, 1, List.of()), null);

    /** The call. */
    static StoreCommand command(
            Partition partition, Topic topic, Position after, int limit, int bytes, KnownHeads heads) {
        Position known = heads.known(topic);
        return StoreCommand.call(
                LuaScript.RECOVER,
                List.of(partition.metadataKey(topic), partition.streamKey(topic)),
                List.of(
                        RandomNames.next(),
                        heads.fence().argument(),
                        known.epoch(),
                        known.seq(),
                        after.epoch(),
                        after.seq(),
                        limit,
                        bytes));
    }

    /** Reads the script's answer. */
    static Recovered of(Topic topic, Position after, Object reply, RedisCounters counters) {
        List<?> parts = (List<?>) reply;
        if (parts.isEmpty()) {
            return after.equals(Position.NONE) ? NOTHING_BEFORE : NOTHING_LEFT;
        }
        Position head = new Position(text(parts.get(0)), Long.parseLong(text(parts.get(1))));
        long cut = Long.parseLong(text(parts.get(2)));
        long from = Long.parseLong(text(parts.get(3)));
        Page page = new Page(topic, parts.subList(4, parts.size()), head.seq(), counters);
        boolean goneOn = page.next > from;
        List<TelemetryRecord> records = page.records;
        long next = page.next;
        Continuity continuity;
        if (cut < 0) {
            continuity = Continuity.EPOCH_CHANGED;
        } else if (after.seq() > cut) {
            continuity = Continuity.ROLLED_BACK;
            records = goneOn ? List.of() : records;
            next = from;
        } else {
            continuity = goneOn ? Continuity.EXPIRED : Continuity.CONTINUES;
        }
        return new Recovered(new History(continuity, head, next, records), cut < 0 ? null : cut);
    }

    private static String text(Object part) {
        return new String((byte[]) part, StandardCharsets.US_ASCII);
    }

    /** The records up to the first one that is missing or cannot be read; where the first is, from behind it. */
    private static final class Page {
        private final List<TelemetryRecord> records = new ArrayList<>();
        private long next;

        Page(Topic topic, List<?> entries, long head, RedisCounters counters) {
            next = head + 1;
            boolean begun = false;
            for (int i = 0; i + 1 < entries.size(); i += 2) {
                long seq = Long.parseLong(text(entries.get(i)).split("-")[0]);
                TelemetryRecord record = seq > head
                        ? null
                        : RecordBytes.decodeWhole(topic, seq, ByteBuffer.wrap((byte[]) entries.get(i + 1)));
                if (record == null) {
                    counters.unreadableRecords.increment();
                }
                if (begun && (record == null || seq != next + records.size())) {
                    return;
                }
                if (!begun) {
                    next = record == null ? Math.min(seq, head) + 1 : seq;
                    begun = record != null;
                }
                if (record != null) {
                    records.add(record);
                }
            }
        }
    }
}
