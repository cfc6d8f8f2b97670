package live.telemetry.redis;

import java.util.List;
import live.telemetry.core.Broadcaster.EpochChange;
import live.telemetry.core.History;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;

/**
 * One topic between messages and the sink: records go on where they follow; at a hole or a new epoch whatever comes waits
 * in the stream until the repair has come there. The feed thread's.
 */
final class TopicFeed {

    /** What a topic makes happen. */
    interface Output {
        void records(Topic topic, String epoch, List<TelemetryRecord> records);

        void head(Topic topic, Position head);

        void epochChange(EpochChange change);

        /** Reads on after {@link #position}, and brings the answer to {@link #recovered}. */
        void repair(TopicFeed feed);
    }

    private final Topic topic;
    private final RedisCounters counters;

    /** The newest that the sink was given or told of; NONE if nothing is known. */
    private Position position = Position.NONE;

    private boolean repairing;

    /** Came during the repair. */
    private Position announced = Position.NONE;

    private int interestVersion = -1;
    private boolean wanted;

    TopicFeed(Topic topic, RedisCounters counters) {
        this.topic = topic;
        this.counters = counters;
    }

    Topic topic() {
        return topic;
    }

    Position position() {
        return position;
    }

    boolean isRepairing() {
        return repairing;
    }

    boolean isWanted(InterestTable interest) {
        if (interestVersion != interest.version()) {
            interestVersion = interest.version();
            wanted = interest.wants(topic);
        }
        return wanted;
    }

    /** Records came that nobody here wants. */
    void skip(FeedMessage.Run run) {
        position = new Position(run.epoch(), run.last());
        repairing = false;
    }

    /** Records came. */
    void received(FeedMessage.Run run, Output output) {
        Position last = new Position(run.epoch(), run.last());
        if (repairing) {
            announced = last;
        } else if (position.equals(Position.NONE)) {
            deliver(run, run.first(), output);
        } else if (!run.epoch().equals(position.epoch()) || run.first() > position.seq() + 1) {
            counters.holes.increment();
            beginRepair(last, output);
        } else if (run.last() > position.seq()) {
            deliver(run, position.seq() + 1, output);
        }
    }

    private void deliver(FeedMessage.Run run, long from, Output output) {
        position = new Position(run.epoch(), run.last());
        for (List<TelemetryRecord> records : run.records(from, counters)) {
            output.records(topic, run.epoch(), records);
        }
    }

    /** The store has records up to here. */
    void announced(Position head, Output output) {
        if (repairing) {
            announced = head;
        } else if (position.equals(Position.NONE)) {
            position = head;
            output.head(topic, head);
        } else if (!head.epoch().equals(position.epoch()) || head.seq() > position.seq()) {
            beginRepair(head, output);
        } else {
            output.head(topic, position);
        }
    }

    private void beginRepair(Position upTo, Output output) {
        repairing = true;
        announced = upTo;
        output.repair(this);
    }

    /**
     * The repair's answer.
     *
     * @param asked the position that was read on from
     * @param recovered what was found
     */
    void recovered(Position asked, Recovered recovered, Output output) {
        if (!repairing || !asked.equals(position)) {
            return;
        }
        History history = recovered.history();
        Position head = history.head();
        if (head.equals(Position.NONE)) {
            // Lost as a whole. That is told with its next record, which is of another epoch.
            repairing = false;
            return;
        }
        if (!head.epoch().equals(position.epoch())) {
            output.epochChange(new EpochChange(topic, position.epoch(), recovered.cut(), head.epoch()));
        }
        List<TelemetryRecord> records = history.records();
        position = new Position(head.epoch(), history.next() - 1 + records.size());
        if (!records.isEmpty()) {
            output.records(topic, head.epoch(), records);
        }
        boolean covered = announced.equals(Position.NONE)
                || (announced.epoch().equals(head.epoch()) && announced.seq() <= head.seq());
        if (position.seq() < head.seq() || !covered) {
            // An announcement of an epoch that is gone by now is never covered: it counts once.
            announced = covered ? announced : Position.NONE;
            output.repair(this);
        } else {
            repairing = false;
            output.head(topic, head);
        }
    }
}
