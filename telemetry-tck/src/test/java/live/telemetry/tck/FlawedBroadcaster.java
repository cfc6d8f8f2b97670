package live.telemetry.tck;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.History;
import live.telemetry.core.Position;
import live.telemetry.core.Publication;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;

/** A broadcaster that passes everything on, with whatever flaw a test puts into it. */
class FlawedBroadcaster implements Broadcaster {

    private final Broadcaster sound;

    FlawedBroadcaster(Broadcaster sound) {
        this.sound = sound;
    }

    History answer(Topic topic, Position after, History history) {
        return history;
    }

    EpochChange change(EpochChange change) {
        return change;
    }

    @Override
    public void start(Sink sink) {
        sound.start(new Sink() {
            @Override
            public void onRecords(Topic topic, String epoch, List<TelemetryRecord> records) {
                sink.onRecords(topic, epoch, records);
            }

            @Override
            public void onHead(Topic topic, Position head) {
                sink.onHead(topic, head);
            }

            @Override
            public void onEpochChange(EpochChange change) {
                sink.onEpochChange(change(change));
            }

            @Override
            public void onState(State state) {
                sink.onState(state);
            }
        });
    }

    @Override
    public CompletionStage<Position> publish(Publication publication) {
        return sound.publish(publication);
    }

    @Override
    public void interest(TopicPattern pattern, boolean wanted) {
        sound.interest(pattern, wanted);
    }

    @Override
    public CompletionStage<History> history(Topic topic, Position after, int limit) {
        return sound.history(topic, after, limit).thenApply(history -> answer(topic, after, history));
    }

    @Override
    public CompletionStage<Map<Topic, Position>> topics(TopicPattern pattern) {
        return sound.topics(pattern);
    }

    @Override
    public State state() {
        return sound.state();
    }

    @Override
    public void close() {
        sound.close();
    }
}
