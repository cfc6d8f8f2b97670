package live.telemetry.server.session;

import java.util.ArrayDeque;
import java.util.Queue;
import live.telemetry.server.node.NodeTopic;

/** The resyncs of one session, which are answered one after another. */
final class Replays {

    private final Queue<Replay> waiting = new ArrayDeque<>(0);

    void add(Replay replay) {
        waiting.add(replay);
    }

    int size() {
        return waiting.size();
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Whether a topic's live records have to wait. */
    boolean holdsBack(NodeTopic topic) {
        Replay first = waiting.peek();
        return first != null && first.hasBegun() && first.nodeTopic() == topic;
    }

    /** Whether something waits that can be written at once. */
    boolean hasOutput() {
        Replay first = waiting.peek();
        return first != null && !first.isLooking();
    }

    /** Adds what there is to a batch; at the end of an answer the session's cursors are told. */
    void fill(WriteBatch batch, Session session) {
        Replay first;
        while (batch.hasRoom() && (first = waiting.peek()) != null && first.fill(batch)) {
            waiting.remove();
            NodeTopic topic = first.nodeTopic();
            if (topic != null) {
                session.replayEnded(topic);
            }
        }
    }
}
