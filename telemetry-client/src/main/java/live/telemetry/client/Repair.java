package live.telemetry.client;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import org.jspecify.annotations.Nullable;

/**
 * A range of one topic that was passed over and is asked for by {@code resync}, the readers that need it, and what is held back
 * meanwhile. Bounded: what does not fit any more makes the repair be given up. Only on the loop.
 */
final class Repair {

    /** So many numbers a {@code resync} may ask for ({@code docs/PROTOCOL.md}, "Resync"); more is begun anew. */
    static final int MAX_RANGE = 1_000;

    /** So many records and gaps are held back at most. */
    static final int MAX_HELD = 1_000;

    /** So many characters of data are held back at most, but for one record that is larger. */
    static final long MAX_HELD_CHARS = 4L * 1024 * 1024;

    final List<TopicReader> behind;
    final String epoch;
    final long to;

    private long from;
    private long requestId;
    private boolean answering;
    private ClientLoop.@Nullable Timer deadline;

    // A record or a gap, in the order in which they came.
    private final Queue<Object> held = new ArrayDeque<>();
    private long heldChars;

    Repair(Collection<TopicReader> behind, String epoch, long from, long to) {
        this.behind = List.copyOf(behind);
        this.epoch = epoch;
        this.from = from;
        this.to = to;
    }

    void asked(long requestId) {
        this.requestId = requestId;
        this.answering = false;
    }

    void expireAt(ClientLoop.Timer deadline) {
        this.deadline = deadline;
    }

    void cancel() {
        if (deadline != null) {
            deadline.cancel();
        }
    }

    boolean isAsked(@Nullable Long id) {
        return id != null && id == requestId;
    }

    long requestId() {
        return requestId;
    }

    long from() {
        return from;
    }

    /** The answer begins: until it ends, all records of the topic belong to it. */
    void beginAnswer() {
        answering = true;
    }

    boolean isAnswering() {
        return answering;
    }

    /** The answer ended early; the rest is asked for next. */
    void answeredTo(long last) {
        from = last + 1;
    }

    boolean isWhole() {
        return behind.stream().noneMatch(reader -> reader.isBehind(epoch, to));
    }

    boolean hold(TelemetryRecord record) {
        return hold(record, record.data().text().length());
    }

    boolean hold(Gap gap) {
        return hold(gap, 0);
    }

    private boolean hold(Object event, long chars) {
        if (held.size() >= MAX_HELD || (heldChars > 0 && heldChars + chars > MAX_HELD_CHARS)) {
            return false;
        }
        held.add(event);
        heldChars += chars;
        return true;
    }

    /** What the repair that this one replaces has held back. */
    void holdAll(Repair replaced) {
        held.addAll(replaced.held);
        heldChars += replaced.heldChars;
    }

    Queue<Object> held() {
        return held;
    }
}
