package live.telemetry.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.History;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.tck.Ledger;
import live.telemetry.tck.NodeModel;
import org.awaitility.Awaitility;

/** What is wrong once everything works again, after a while of waiting for it to come right. */
final class ChaosVerdict {

    private final Ledger ledger;
    private final List<NodeModel> nodes;
    private final Broadcaster store;
    private final Duration patience;

    ChaosVerdict(Ledger ledger, List<NodeModel> nodes, Broadcaster store, Duration patience) {
        this.ledger = ledger;
        this.nodes = nodes;
        this.store = store;
        this.patience = patience;
    }

    /** Of topics that have a record in the store now. */
    List<String> problemsOfStoredTopics() {
        awaitAnswers();
        Set<Topic> stored = StoreRig.get(store.topics(TopicPattern.ALL)).keySet();
        return remaining(problem -> stored.stream().anyMatch(topic -> problem.contains(": " + topic + ": ")));
    }

    List<String> problems() {
        awaitAnswers();
        List<String> problems = remaining(problem -> true);
        problems.addAll(ledger.positionProblems());
        return problems;
    }

    private void awaitAnswers() {
        Awaitility.await().atMost(patience).until(() -> ledger.pending() == 0);
    }

    private List<String> remaining(Predicate<String> counts) {
        Map<List<Object>, Long> cuts = new HashMap<>();
        BiPredicate<Topic, Position> lost = (topic, position) -> position.seq()
                > cuts.computeIfAbsent(List.of(topic, position.epoch()), key -> cut(topic, position.epoch()));
        long end = System.nanoTime() + patience.toNanos();
        List<String> problems = problems(counts, lost);
        while (!problems.isEmpty() && System.nanoTime() < end) {
            ChaosRun.pause(250);
            problems = problems(counts, lost);
        }
        return problems;
    }

    private List<String> problems(Predicate<String> counts, BiPredicate<Topic, Position> lost) {
        List<String> problems = new ArrayList<>();
        for (NodeModel node : nodes) {
            ledger.problems(node, lost).stream().filter(counts).forEach(problems::add);
        }
        return problems;
    }

    /** The last number of an epoch that is still valid, learned by asking for one that is not. */
    private long cut(Topic topic, String epoch) {
        History history = StoreRig.get(store.history(topic, new Position(epoch, Position.SEQ_LIMIT - 1), 1));
        return history.continuity() == History.Continuity.ROLLED_BACK ? history.next() - 1 : 0;
    }
}
