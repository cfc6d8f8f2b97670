package live.telemetry.server;

import java.util.Map;
import java.util.concurrent.CompletionStage;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.History;
import live.telemetry.core.LocalBroadcaster;
import live.telemetry.core.Position;
import live.telemetry.core.Publication;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;

/** A good broadcaster, for tests to change what they want to go wrong. */
class ForwardingBroadcaster implements Broadcaster {

    private final Broadcaster good = new LocalBroadcaster();

    @Override
    public void start(Sink sink) {
        good.start(sink);
    }

    @Override
    public CompletionStage<Position> publish(Publication publication) {
        return good.publish(publication);
    }

    @Override
    public void interest(TopicPattern pattern, boolean wanted) {
        good.interest(pattern, wanted);
    }

    @Override
    public CompletionStage<History> history(Topic topic, Position after, int limit) {
        return good.history(topic, after, limit);
    }

    @Override
    public CompletionStage<Map<Topic, Position>> topics(TopicPattern pattern) {
        return good.topics(pattern);
    }

    @Override
    public State state() {
        return good.state();
    }

    @Override
    public void close() {
        good.close();
    }
}
