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

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Whether a topic's live records have to wait. */
    boolean holdsBack(NodeTopic topic) {
        Replay first = waiting.peek();
        return first != null && first.nodeTopic() == topic;
    }

    /** Adds what there is to a batch; at the end of an answer the session's cursors are told. */
    void fill(WriteBatch batch, Session session) {
        Replay first;
        while (batch.hasRoom() && (first = waiting.peek()) != null && first.fill(batch)) {
            waiting.remove();
            session.replayEnded(first.nodeTopic());
        }
    }
}
