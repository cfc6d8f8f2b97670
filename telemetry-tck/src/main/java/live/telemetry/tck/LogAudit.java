package live.telemetry.tck;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import live.telemetry.core.Position;
import live.telemetry.core.envelope.GapReason;

/**
 * Replays one log, independently of how it came about: each entry must follow from the one before it, and what is then held
 * is compared with what was acknowledged.
 */
final class LogAudit {

    /** What lies between two losses of the whole history: one line of numbers, over any number of epochs. */
    private static final class Segment {
        final NavigableMap<Long, String> valid = new TreeMap<>();
        final List<LogEntry.Lost> expired = new ArrayList<>();
        final Set<String> epochs = new HashSet<>();
    }

    private final Map<String, Ledger.Entry> published;
    private final List<String> problems = new ArrayList<>();
    private final List<Segment> segments = new ArrayList<>();
    private final Set<String> held;
    private Position position = Position.NONE;

    LogAudit(ReplicaLog log, Map<String, Ledger.Entry> published) {
        this.published = published;
        segments.add(new Segment());
        log.entries().forEach(this::replay);
        check(position.equals(log.position()), "the log stands at " + log.position() + ", its entries at " + position);
        segments.forEach(this::checkSegment);
        held = new HashSet<>(current().valid.values());
    }

    List<String> problems() {
        return problems;
    }

    void expect(Ledger.Acknowledged ack, boolean lostByStore) {
        String text = ack.entry().text();
        if (lostByStore) {
            check(
                    !held.contains(text),
                    "the store lost " + text + " at " + ack.position() + ", but the node still holds it");
        } else {
            check(
                    segments.stream().anyMatch(segment -> accountsFor(segment, ack)),
                    text + " was acknowledged at " + ack.position() + ", but the node, at " + position
                            + ", neither holds it there nor calls it lost");
        }
    }

    private boolean accountsFor(Segment segment, Ledger.Acknowledged ack) {
        long seq = ack.position().seq();
        if (ack.entry().text().equals(segment.valid.get(seq))) {
            return true;
        }
        String epoch = ack.position().epoch();
        boolean ofAnother = segments.stream().anyMatch(s -> s != segment && s.epochs.contains(epoch));
        return !ofAnother && segment.expired.stream().anyMatch(lost -> lost.from() <= seq && seq <= lost.to());
    }

    private Segment current() {
        return segments.get(segments.size() - 1);
    }

    private void replay(LogEntry entry) {
        if (entry instanceof LogEntry.Received received) {
            long seq = received.record().seq();
            check(
                    received.epoch().equals(position.epoch()) && seq == position.seq() + 1,
                    "record " + received.epoch() + ':' + seq + " does not follow " + position);
            String text = received.record().data().text();
            check(published.containsKey(text), "a record that nobody published: " + text);
            move(received.epoch(), seq);
            current().valid.put(seq, text);
        } else if (entry instanceof LogEntry.Continued continued) {
            check(
                    continued.previousEpoch().equals(position.epoch()) && continued.seq() == position.seq(),
                    continued + " does not follow " + position);
            move(continued.epoch(), continued.seq());
        } else if (entry instanceof LogEntry.Lost lost) {
            replay(lost);
        }
    }

    private void replay(LogEntry.Lost lost) {
        boolean follows = lost.previousEpoch().equals(position.epoch());
        boolean sameEpoch = lost.epoch().equals(lost.previousEpoch());
        boolean fits = switch (lost.reason()) {
            case EXPIRED ->
                sameEpoch
                        && lost.from() == position.seq() + 1
                        && lost.to() >= lost.from()
                        && lost.next() == lost.to() + 1;
            case ROLLED_BACK -> lost.from() == lost.next() && lost.to() == position.seq();
            case EPOCH_CHANGED -> !sameEpoch && lost.from() == 1 && lost.next() == lost.to() + 1;
        };
        check(follows && fits, lost + " does not follow " + position);
        if (lost.reason() == GapReason.EPOCH_CHANGED) {
            segments.add(new Segment());
        }
        if (lost.reason() == GapReason.ROLLED_BACK) {
            current().valid.tailMap(lost.from(), true).clear();
        } else {
            current().expired.add(lost);
        }
        move(lost.epoch(), lost.next() - 1);
    }

    private void move(String epoch, long seq) {
        position = epoch.isEmpty() ? Position.NONE : new Position(epoch, seq);
        if (!epoch.isEmpty()) {
            current().epochs.add(epoch);
        }
    }

    private void checkSegment(Segment segment) {
        Set<String> seen = new HashSet<>();
        Map<String, Ledger.Entry> newest = new HashMap<>();
        segment.valid.forEach((seq, text) -> {
            check(seen.add(text), text + " stands in the log twice, the second time at " + seq);
            Ledger.Entry entry = published.get(text);
            Ledger.Entry before = entry == null ? null : newest.put(entry.publisher(), entry);
            if (before != null && entry != null) {
                check(
                        before.ordinal() < entry.ordinal(),
                        text + " at " + seq + " was published before " + before.text() + ", which stands before it");
            }
        });
    }

    private void check(boolean holds, String problem) {
        if (!holds) {
            problems.add(problem);
        }
    }
}
