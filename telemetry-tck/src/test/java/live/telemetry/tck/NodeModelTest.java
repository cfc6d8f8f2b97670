package live.telemetry.tck;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import live.telemetry.core.Broadcaster.EpochChange;
import live.telemetry.core.History;
import live.telemetry.core.History.Continuity;
import live.telemetry.core.LocalBroadcaster;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.envelope.GapReason;
import live.telemetry.core.json.JsonData;
import org.junit.jupiter.api.Test;

/** Deliveries made by hand, and history that answers when the test says so. */
class NodeModelTest {

    private static final Topic CPU = Topic.of("host.cpu");

    private final VirtualTime time = new VirtualTime();
    private final List<Position> asked = new ArrayList<>();
    private final List<CompletableFuture<History>> answers = new ArrayList<>();
    private final NodeModel node = new NodeModel("node", time);

    NodeModelTest() {
        node.start(new FlawedBroadcaster(new LocalBroadcaster()) {
            @Override
            public CompletionStage<History> history(Topic topic, Position after, int limit) {
                asked.add(after);
                answers.add(new CompletableFuture<>());
                return answers.get(answers.size() - 1);
            }
        });
    }

    @Test
    void repeatsAreDroppedAndAHoleIsReadFromTheLastPosition() {
        node.onRecords(CPU, "e1", records(1, 3));
        node.onRecords(CPU, "e1", records(2, 4));
        node.onRecords(CPU, "e1", records(7, 8));
        assertThat(asks()).containsExactly(at("e1", 4));
        answer(new History(Continuity.CONTINUES, at("e1", 8), 5, records(5, 8)));
        assertThat(node.log(CPU).received()).isEqualTo(records(1, 8));
        assertThat(node.violations()).isEmpty();
    }

    @Test
    void answerThatAnEpochChangeOvertookIsThrownAway() {
        node.onRecords(CPU, "e1", records(1, 5));
        node.onHead(CPU, at("e1", 7));
        assertThat(asks()).containsExactly(at("e1", 5));
        node.onEpochChange(new EpochChange(CPU, "e1", 3L, "e2"));
        answer(new History(Continuity.CONTINUES, at("e1", 7), 6, records(6, 7)));
        assertThat(node.log(CPU).position()).isEqualTo(at("e2", 3));
        assertThat(asks()).containsExactly(at("e1", 5), at("e2", 3));
    }

    @Test
    void answerOfAnotherEpochDoesNotCoverWhatCameAfterTheQuestion() {
        node.onRecords(CPU, "e1", records(1, 5));
        node.onHead(CPU, at("e2", 9));
        assertThat(asks()).containsExactly(at("e1", 5));
        node.onRecords(CPU, "e1", records(6, 6));
        answer(new History(Continuity.CONTINUES, at("e2", 6), 6, records(6, 6)));
        assertThat(node.log(CPU).position()).isEqualTo(at("e1", 6));
        assertThat(asks()).containsExactly(at("e1", 5), at("e1", 6));
        answer(new History(Continuity.ROLLED_BACK, at("e2", 6), 6, records(6, 6)));
        assertThat(node.log(CPU).losses())
                .containsExactly(new LogEntry.Lost(GapReason.ROLLED_BACK, "e1", 6, 6, "e2", 6));
        assertThat(node.log(CPU).position()).isEqualTo(at("e2", 6));
    }

    @Test
    void failedQuestionIsAskedAgain() {
        node.onHead(CPU, at("e1", 2));
        assertThat(asks()).hasSize(1);
        answers.get(0).completeExceptionally(new IllegalStateException("away"));
        assertThat(asks()).hasSize(1);
        time.run(NodeModel.RETRY_DELAY);
        assertThat(asks()).hasSize(2);
    }

    @Test
    void forbiddenDeliveriesAreNoted() {
        node.onRecords(CPU, "e1", List.of());
        node.onRecords(CPU, "", records(1, 1));
        node.onRecords(CPU, "e1", List.of(record(1), record(3)));
        node.onRecords(Topic.of("host.disk"), "e1", records(1, 1));
        node.onHead(CPU, Position.NONE);
        node.onEpochChange(new EpochChange(CPU, "e1", null, "e1"));
        assertThat(node.violations()).hasSize(6);
    }

    @Test
    void answerThatContradictsItselfIsNoted() {
        node.onRecords(CPU, "e1", records(1, 5));
        node.onHead(CPU, at("e1", 9));
        time.run(Duration.ZERO);
        answer(new History(Continuity.CONTINUES, at("e1", 9), 7, records(7, 9)));
        assertThat(node.violations()).hasSize(1);
        assertThat(node.log(CPU).position()).isEqualTo(at("e1", 5));
    }

    private List<Position> asks() {
        time.run(Duration.ZERO);
        return asked;
    }

    private void answer(History history) {
        answers.get(answers.size() - 1).complete(history);
        time.run(Duration.ZERO);
    }

    private static Position at(String epoch, long seq) {
        return new Position(epoch, seq);
    }

    private static TelemetryRecord record(long seq) {
        return new TelemetryRecord(CPU, seq, 0, null, JsonData.of(seq));
    }

    private static List<TelemetryRecord> records(long from, long to) {
        List<TelemetryRecord> records = new ArrayList<>();
        for (long seq = from; seq <= to; seq++) {
            records.add(record(seq));
        }
        return records;
    }
}
