package live.telemetry.tck;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.GapReason;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Logs made by hand, each with one flaw, against four acknowledged records. */
class LedgerTest {

    private static final Topic CPU = Topic.of("host.cpu");

    private final SimulatedCluster cluster = new SimulatedCluster(1);
    private final Ledger ledger = new Ledger();
    private List<LogEntry> sound = List.of();
    private String epoch = "";

    @BeforeEach
    void publishFour() {
        NodeModel node = new NodeModel("node", cluster.time());
        node.start(cluster.newBroadcaster());
        node.want(TopicPattern.ALL);
        for (int i = 0; i < 4; i++) {
            ledger.publish("p", node.broadcaster(), CPU);
        }
        cluster.run(Duration.ofSeconds(1));
        sound = node.log(CPU).entries();
        epoch = cluster.head(CPU).epoch();
    }

    @Test
    void soundLogHasNoProblem() {
        assertThat(problems(4, sound)).isEmpty();
        assertThat(ledger.positionProblems()).isEmpty();
    }

    @Test
    void missingLastRecordIsAProblem() {
        assertThat(problems(3, sound.subList(0, 4))).singleElement().asString().contains("p#4", "neither holds");
        assertThat(ledger.problems(List.of(), Ledger.NOTHING_LOST)).hasSize(4);
    }

    @Test
    void repeatedRecordIsAProblem() {
        assertThat(problems(4, plus(sound, sound.get(4)))).isNotEmpty();
    }

    @Test
    void holeIsAProblemUnlessItIsAnExplicitLoss() {
        assertThat(problems(4, List.of(sound.get(0), sound.get(1), sound.get(4))))
                .isNotEmpty();
        LogEntry lost = new LogEntry.Lost(GapReason.EXPIRED, epoch, 2, 3, epoch, 4);
        assertThat(problems(4, List.of(sound.get(0), sound.get(1), lost, sound.get(4))))
                .isEmpty();
    }

    @Test
    void exchangedRecordsAreAProblem() {
        List<LogEntry> exchanged = new ArrayList<>(sound);
        exchanged.set(2, received(epoch, 2, 3));
        exchanged.set(3, received(epoch, 3, 2));
        assertThat(problems(4, exchanged)).anyMatch(problem -> problem.contains("was published before"));
    }

    @Test
    void rolledBackRecordsMustBeTakenAway() {
        cluster.failOverLosing(2);
        cluster.run(Duration.ZERO);
        String next = cluster.head(CPU).epoch();
        assertThat(ledger.problems(List.of(log(epoch, 4, sound)), cluster::lost))
                .hasSize(2);
        LogEntry told = new LogEntry.Lost(GapReason.ROLLED_BACK, epoch, 3, 4, next, 3);
        assertThat(ledger.problems(List.of(log(next, 2, plus(sound, told))), cluster::lost))
                .isEmpty();
        LogEntry tooMuch = new LogEntry.Lost(GapReason.ROLLED_BACK, epoch, 2, 4, next, 2);
        assertThat(ledger.problems(List.of(log(next, 1, plus(sound, tooMuch))), cluster::lost))
                .isNotEmpty();
    }

    @Test
    void changeOfEpochsThatIsNotToldIsAProblem() {
        List<LogEntry> changed = new ArrayList<>(sound);
        changed.set(4, received("other", 4, 4));
        assertThat(ledger.problems(List.of(log("other", 4, changed)), Ledger.NOTHING_LOST))
                .isNotEmpty();
    }

    private LogEntry received(String inEpoch, long seq, int original) {
        TelemetryRecord record = ((LogEntry.Received) sound.get(original)).record();
        return new LogEntry.Received(
                inEpoch, new TelemetryRecord(CPU, seq, record.timestampMillis(), record.key(), record.data()));
    }

    private List<String> problems(long head, List<LogEntry> entries) {
        return ledger.problems(List.of(log(epoch, head, entries)), Ledger.NOTHING_LOST);
    }

    private static ReplicaLog log(String epoch, long head, List<LogEntry> entries) {
        return new ReplicaLog(CPU, new Position(epoch, head), entries);
    }

    private static List<LogEntry> plus(List<LogEntry> entries, LogEntry... more) {
        List<LogEntry> all = new ArrayList<>(entries);
        all.addAll(Arrays.asList(more));
        return all;
    }
}
