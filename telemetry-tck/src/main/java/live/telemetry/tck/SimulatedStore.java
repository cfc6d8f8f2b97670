package live.telemetry.tck;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import live.telemetry.core.Broadcaster.EpochChange;
import live.telemetry.core.History;
import live.telemetry.core.Position;
import live.telemetry.core.Publication;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;

/** The store of a simulated cluster: what is in it is the truth. All methods are synchronized and call nobody. */
final class SimulatedStore {

    /**
     * What an append did.
     *
     * @param records the positions' records, in order
     * @param positions theirs
     * @param changes epochs that were opened before the first of their records
     */
    record Appended(List<TelemetryRecord> records, List<Position> positions, List<EpochChange> changes) {}

    private final Map<Topic, SimulatedTopic> topics = new TreeMap<>();
    private int retention = Integer.MAX_VALUE;
    private int epochs;

    synchronized Appended append(List<Publication> publications) {
        Appended appended = new Appended(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (Publication publication : publications) {
            SimulatedTopic topic = topics.computeIfAbsent(publication.topic(), SimulatedTopic::new);
            if (topic.head().equals(Position.NONE)) {
                EpochChange change = topic.open(newEpoch());
                if (change != null) {
                    appended.changes().add(change);
                }
            }
            appended.records().add(topic.append(publication, retention));
            appended.positions().add(topic.head());
        }
        return appended;
    }

    synchronized boolean holds(Topic topic, Position position) {
        SimulatedTopic held = topics.get(topic);
        return held != null && !held.lost(position);
    }

    synchronized History history(Topic topic, Position after, int limit) {
        SimulatedTopic held = topics.get(topic);
        return (held == null ? new SimulatedTopic(topic) : held).history(after, limit);
    }

    synchronized Map<Topic, Position> heads(TopicPattern pattern) {
        Map<Topic, Position> heads = new TreeMap<>();
        topics.forEach((topic, held) -> {
            if (pattern.matches(topic) && !held.head().equals(Position.NONE)) {
                heads.put(topic, held.head());
            }
        });
        return heads;
    }

    synchronized List<TelemetryRecord> records(Topic topic) {
        SimulatedTopic held = topics.get(topic);
        return held == null ? List.of() : held.records();
    }

    synchronized Position head(Topic topic) {
        SimulatedTopic held = topics.get(topic);
        return held == null ? Position.NONE : held.head();
    }

    synchronized void retain(int records) {
        retention = records;
        topics.values().forEach(topic -> topic.trim(records));
    }

    synchronized List<EpochChange> failOver(int lost) {
        List<EpochChange> changes = new ArrayList<>();
        for (SimulatedTopic topic : topics.values()) {
            EpochChange change = topic.head().equals(Position.NONE) ? null : topic.failOver(lost, newEpoch());
            if (change != null) {
                changes.add(change);
            }
        }
        return changes;
    }

    synchronized void loseHistory() {
        topics.values().forEach(SimulatedTopic::loseHistory);
    }

    private String newEpoch() {
        epochs++;
        return "sim" + epochs;
    }
}
