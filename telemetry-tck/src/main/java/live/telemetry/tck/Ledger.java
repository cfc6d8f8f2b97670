package live.telemetry.tck;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiPredicate;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.Position;
import live.telemetry.core.Publication;
import live.telemetry.core.Topic;
import live.telemetry.core.json.JsonData;
import org.jspecify.annotations.Nullable;

/**
 * Publishes records that can be told apart, remembers what became of each, and checks what nodes hold against it: every
 * acknowledged record once per node, contiguous per epoch, or an explicit loss. Safe for use by several threads.
 */
public final class Ledger {

    /** The predicate for a store that loses nothing. */
    public static final BiPredicate<Topic, Position> NOTHING_LOST = (topic, position) -> false;

    /** One publish. {@code publisher} and {@code ordinal} say who and in which order. */
    record Entry(String publisher, long ordinal, Topic topic, String text) {}

    record Acknowledged(Entry entry, Position position) {}

    private final Map<String, AtomicLong> ordinals = new ConcurrentHashMap<>();
    private final Map<String, Entry> published = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Acknowledged> acknowledged = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong pending = new AtomicLong();

    /** An empty ledger. */
    public Ledger() {}

    /**
     * Publishes a record that is unlike every other of this ledger.
     *
     * @param publisher who publishes; one thread at a time, on one node at a time, since the order of one publisher's records
     *     is checked
     * @param broadcaster where
     * @param topic to which topic
     * @return what the broadcaster answers; the ledger may know it a moment later
     */
    public CompletionStage<Position> publish(String publisher, Broadcaster broadcaster, Topic topic) {
        long ordinal =
                ordinals.computeIfAbsent(publisher, p -> new AtomicLong()).incrementAndGet();
        JsonData data = JsonData.of(Map.of("by", publisher + '#' + ordinal));
        Entry entry = new Entry(publisher, ordinal, topic, data.text());
        published.put(entry.text(), entry);
        pending.incrementAndGet();
        CompletionStage<Position> answer = broadcaster.publish(new Publication(topic, ordinal, publisher, data));
        answer.whenComplete((position, failure) -> complete(entry, position, failure));
        return answer;
    }

    private void complete(Entry entry, @Nullable Position position, @Nullable Throwable failure) {
        if (position != null) {
            acknowledged.add(new Acknowledged(entry, position));
        } else if (failure != null) {
            failures.add(failure);
        }
        pending.decrementAndGet();
    }

    /**
     * How many publishes are neither acknowledged nor failed.
     *
     * @return the number
     */
    public long pending() {
        return pending.get();
    }

    /**
     * How many publishes are acknowledged.
     *
     * @return the number
     */
    public int acknowledgedCount() {
        return acknowledged.size();
    }

    /**
     * Why publishes failed.
     *
     * @return a copy, in order of failing
     */
    public List<Throwable> failures() {
        return List.copyOf(failures);
    }

    /**
     * Checks the positions that were given: none twice, and in the order of publishing within a publisher, topic and epoch.
     *
     * @return a sentence for each fault; empty if there is none
     */
    public List<String> positionProblems() {
        List<String> problems = new ArrayList<>();
        Map<List<Object>, Entry> holders = new HashMap<>();
        Map<List<Object>, Acknowledged> newest = new HashMap<>();
        List<Acknowledged> ordered = new ArrayList<>(acknowledged);
        ordered.sort((a, b) -> Long.compare(a.entry().ordinal(), b.entry().ordinal()));
        for (Acknowledged ack : ordered) {
            Entry entry = ack.entry();
            Entry other = holders.put(List.of(entry.topic(), ack.position()), entry);
            if (other != null) {
                problems.add(entry.topic() + " " + ack.position() + " was given to " + other.text() + " and "
                        + entry.text());
            }
            List<Object> line =
                    List.of(entry.publisher(), entry.topic(), ack.position().epoch());
            Acknowledged before = newest.put(line, ack);
            if (before != null && before.position().seq() > ack.position().seq()) {
                problems.add(entry.topic() + ": " + before.entry().text() + " at " + before.position()
                        + " was published before " + entry.text() + " at " + ack.position());
            }
        }
        return problems;
    }

    /**
     * Checks what a node holds. Meaningful once the node had the time to catch up, and the store is reachable.
     *
     * @param node the node; its violations count as faults too
     * @param lostByStore says of the position of an acknowledged record whether the store itself lost it (not: dropped it by
     *     retention)
     * @return a sentence for each fault; empty if the invariant holds
     */
    public List<String> problems(NodeModel node, BiPredicate<Topic, Position> lostByStore) {
        List<String> problems = new ArrayList<>(node.violations());
        problems(node.logs().values(), lostByStore).forEach(problem -> problems.add(node.name() + ": " + problem));
        return problems;
    }

    /**
     * Checks logs, one for each topic, as {@link #problems(NodeModel, BiPredicate)} does.
     *
     * @param logs what one node holds; a topic without a log counts as empty
     * @param lostByStore says of the position of an acknowledged record whether the store itself lost it
     * @return a sentence for each fault; empty if the invariant holds
     */
    public List<String> problems(Collection<ReplicaLog> logs, BiPredicate<Topic, Position> lostByStore) {
        Map<Topic, LogAudit> audits = new HashMap<>();
        logs.forEach(log -> audits.put(log.topic(), new LogAudit(log, published)));
        for (Acknowledged ack : acknowledged) {
            Topic topic = ack.entry().topic();
            LogAudit audit = audits.computeIfAbsent(
                    topic, t -> new LogAudit(new ReplicaLog(t, Position.NONE, List.of()), published));
            audit.expect(ack, lostByStore.test(topic, ack.position()));
        }
        List<String> problems = new ArrayList<>();
        audits.forEach((topic, audit) -> audit.problems().forEach(problem -> problems.add(topic + ": " + problem)));
        return problems;
    }
}
