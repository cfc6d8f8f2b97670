package live.telemetry.redis;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.History;
import live.telemetry.core.Position;
import live.telemetry.core.Publication;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;

/** Counts the pages of history that a node asks for. */
final class CountingBroadcaster implements Broadcaster {

    private final Broadcaster counted;
    private final LongAdder pages = new LongAdder();

    CountingBroadcaster(Broadcaster counted) {
        this.counted = counted;
    }

    long pages() {
        return pages.sum();
    }

    @Override
    public CompletionStage<History> history(Topic topic, Position after, int limit) {
        pages.increment();
        return counted.history(topic, after, limit);
    }

    @Override
    public void start(Sink sink) {
        counted.start(sink);
    }

    @Override
    public CompletionStage<Position> publish(Publication publication) {
        return counted.publish(publication);
    }

    @Override
    public void interest(TopicPattern pattern, boolean wanted) {
        counted.interest(pattern, wanted);
    }

    @Override
    public CompletionStage<Optional<LatestRecords>> latest(Topic topic) {
        return counted.latest(topic);
    }

    @Override
    public CompletionStage<Map<Topic, Position>> topics(TopicPattern pattern) {
        return counted.topics(pattern);
    }

    @Override
    public State state() {
        return counted.state();
    }

    @Override
    public void close() {
        counted.close();
    }
}
