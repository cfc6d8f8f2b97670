package live.telemetry.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.stream.LongStream;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.History;
import live.telemetry.core.History.Continuity;
import live.telemetry.core.Position;
import live.telemetry.core.Publication;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.json.JsonData;

/** A broadcaster that does what a test says: the test delivers, and answers each question itself. */
final class HandDrivenBroadcaster implements Broadcaster {

    static final Topic TOPIC = Topic.of("t");

    /** Somebody asks for history and waits. */
    record Question(Topic topic, Position after, CompletableFuture<History> answer) {}

    final Deque<Question> questions = new ArrayDeque<>();
    final List<String> interests = new ArrayList<>();
    final Map<Topic, Position> heads = new HashMap<>();
    long asked;
    BiFunction<Topic, Position, CompletionStage<History>> answering = this::ask;
    CompletionStage<Optional<LatestRecords>> latest = CompletableFuture.completedFuture(Optional.empty());
    Sink sink;

    private CompletionStage<History> ask(Topic topic, Position after) {
        Question question = new Question(topic, after, new CompletableFuture<>());
        questions.add(question);
        return question.answer();
    }

    // ---- what a test does

    void deliver(String epoch, long from, long to) {
        sink.onRecords(TOPIC, epoch, records(from, to));
    }

    void head(String epoch, long seq) {
        sink.onHead(TOPIC, new Position(epoch, seq));
    }

    void change(String previous, Long kept, String epoch) {
        sink.onEpochChange(new EpochChange(TOPIC, previous, kept, epoch));
    }

    /** Answers the only question, which must be about the records after a position. */
    void answer(String epoch, long after, Continuity continuity, Position head, long from, long to) {
        Question question = onlyQuestion();
        assertThat(question.after()).isEqualTo(new Position(epoch, after));
        question.answer().complete(new History(continuity, head, from, records(from, to)));
    }

    void fail() {
        onlyQuestion().answer().completeExceptionally(unavailable());
    }

    private Question onlyQuestion() {
        assertThat(questions).hasSize(1);
        return questions.remove();
    }

    static TelemetryException unavailable() {
        return new TelemetryException(ErrorCode.UNAVAILABLE, "the store is away");
    }

    static List<TelemetryRecord> records(long from, long to) {
        return LongStream.rangeClosed(from, to)
                .mapToObj(seq -> new TelemetryRecord(TOPIC, seq, 1_000, "k" + seq % 3, JsonData.of(seq)))
                .toList();
    }

    // ---- Broadcaster

    @Override
    public void start(Sink newSink) {
        sink = newSink;
    }

    @Override
    public CompletionStage<Position> publish(Publication publication) {
        return CompletableFuture.failedFuture(unavailable());
    }

    @Override
    public void interest(TopicPattern pattern, boolean wanted) {
        interests.add((wanted ? "+" : "-") + pattern);
    }

    @Override
    public CompletionStage<History> history(Topic topic, Position after, int limit) {
        asked++;
        return answering.apply(topic, after);
    }

    @Override
    public CompletionStage<Map<Topic, Position>> topics(TopicPattern pattern) {
        return CompletableFuture.completedFuture(Map.copyOf(heads));
    }

    @Override
    public CompletionStage<Optional<LatestRecords>> latest(Topic topic) {
        return latest;
    }

    @Override
    public State state() {
        return State.UP;
    }

    @Override
    public void close() {}
}
