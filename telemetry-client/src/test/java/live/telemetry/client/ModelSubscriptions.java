package live.telemetry.client;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import live.telemetry.client.ModelWire.Faults;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;
import live.telemetry.core.envelope.ClientEnvelope.Unsubscribe;
import live.telemetry.core.envelope.GapReason;
import live.telemetry.core.envelope.ServerEnvelope.Failure;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import live.telemetry.core.envelope.ServerEnvelope.PatternSubscribed;
import live.telemetry.core.envelope.ServerEnvelope.Subscribed;
import live.telemetry.core.envelope.ServerEnvelope.Unsubscribed;
import live.telemetry.core.envelope.Since;
import org.jspecify.annotations.Nullable;

/** What one connection is subscribed to, as the server has it: one cursor for a topic, whoever matches it. */
final class ModelSubscriptions {

    private final ModelWire wire;
    private final Map<Topic, ModelTopic> logs;
    private final Set<Topic> denied;
    private final ModelStore store;

    private long numbers;
    private final Map<TopicPattern, ModelSubscription> byPattern = new LinkedHashMap<>();
    private final Map<Topic, ModelCursor> cursors = new TreeMap<>(Comparator.comparing(Topic::name));

    /** @param denied what the client may not read */
    ModelSubscriptions(ModelWire wire, Map<Topic, ModelTopic> logs, Set<Topic> denied, ModelStore store) {
        this.wire = wire;
        this.logs = logs;
        this.denied = denied;
        this.store = store;
    }

    List<ModelCursor> cursors() {
        return List.copyOf(cursors.values());
    }

    boolean isEmpty() {
        return byPattern.isEmpty() && cursors.isEmpty();
    }

    // ---- subscribe

    void subscribe(Subscribe request) {
        TopicPattern pattern = request.pattern();
        if (byPattern.containsKey(pattern)) {
            fail(request.id(), ErrorCode.ALREADY_SUBSCRIBED);
            return;
        }
        if (pattern.isExact() && isDenied(pattern)) {
            fail(request.id(), ErrorCode.FORBIDDEN);
            return;
        }
        ModelSubscription entry = new ModelSubscription(request, numbers++);
        byPattern.put(pattern, entry);
        List<ModelTopic> early = store.isEarly() ? find(pattern) : null;
        store.ask(() -> {
            if (entry.ended) {
                return;
            }
            if (store.isAway()) {
                failed(entry, request.id());
            } else {
                lookedUp(entry, early == null ? find(pattern) : early);
            }
        });
    }

    private List<ModelTopic> find(TopicPattern pattern) {
        return logs.values().stream()
                .filter(log -> log.isBorn() && pattern.matches(log.topic))
                .sorted(Comparator.comparing(log -> log.topic.name()))
                .toList();
    }

    private boolean isDenied(TopicPattern exact) {
        return denied.contains(Topic.of(exact.text()));
    }

    private void lookedUp(ModelSubscription entry, List<ModelTopic> found) {
        entry.live = true;
        List<ModelTopic> births = List.copyOf(entry.births);
        entry.births.clear();
        Long id = entry.request.id();
        if (entry.isExact()) {
            Topic topic = Topic.of(entry.pattern().text());
            ModelCursor present = cursors.get(topic);
            if (found.isEmpty() && present == null) {
                announceUnborn(entry, topic);
            } else {
                attachExact(entry, logs.get(topic), births.contains(logs.get(topic)));
            }
        } else {
            wire.say(new PatternSubscribed(id, entry.pattern()), Faults.NONE);
            for (ModelTopic log : found) {
                ModelSubscription earlier = earlierWithoutCursor(entry, log.topic);
                if (earlier != null) {
                    born(earlier, log);
                } else {
                    attach(entry, log, ModelCursor.sinceOf(entry.request, log), births.contains(log));
                }
            }
        }
        births.forEach(log -> born(entry, log));
    }

    private void announceUnborn(ModelSubscription entry, Topic topic) {
        Long id = entry.request.id();
        Since since = entry.request.since();
        if (since instanceof Since.After after && !after.position().equals(Position.NONE)) {
            wire.say(new Subscribed(id, topic, null, after.position(), 0, false, null), Faults.NONE);
            wire.say(new Gap(null, topic, "", 1, 0, 1, GapReason.EPOCH_CHANGED, null), Faults.NONE);
        } else {
            Integer snapshot = since instanceof Since.Snapshot ? 0 : null;
            wire.say(new Subscribed(id, topic, null, Position.NONE, 0, true, snapshot), Faults.NONE);
        }
    }

    private void attachExact(ModelSubscription entry, ModelTopic log, boolean bornMeanwhile) {
        ModelCursor present = cursors.get(log.topic);
        if (present != null) {
            takeOver(present, entry, entry.request.since(), entry.request.id());
        } else {
            newCursor(entry, log)
                    .begin(entry, sinceBirth(entry.request.since(), log, bornMeanwhile), entry.request.id());
        }
    }

    private void attach(ModelSubscription entry, ModelTopic log, Since since, boolean bornMeanwhile) {
        if (denied.contains(log.topic)) {
            return;
        }
        ModelCursor present = cursors.get(log.topic);
        if (present == null) {
            newCursor(entry, log).begin(entry, sinceBirth(since, log, bornMeanwhile), null);
        } else if (winsOver(entry, present.owner)) {
            takeOver(present, entry, since, null);
        }
    }

    private static Since sinceBirth(Since since, ModelTopic log, boolean bornMeanwhile) {
        return since instanceof Since.Now && bornMeanwhile && log.first() == 1 ? Since.START : since;
    }

    private ModelCursor newCursor(ModelSubscription entry, ModelTopic log) {
        ModelCursor cursor = new ModelCursor(log, wire, entry);
        cursors.put(log.topic, cursor);
        return cursor;
    }

    private static void takeOver(ModelCursor cursor, ModelSubscription entry, Since since, @Nullable Long id) {
        if (since instanceof Since.Now) {
            cursor.continueFor(entry, id);
        } else {
            cursor.begin(entry, since, id);
        }
    }

    private static boolean winsOver(ModelSubscription pattern, ModelSubscription other) {
        return !other.isExact() && pattern.number < other.number;
    }

    private @Nullable ModelSubscription earlierWithoutCursor(ModelSubscription entry, Topic topic) {
        if (cursors.containsKey(topic)) {
            return null;
        }
        ModelSubscription exact = byPattern.get(TopicPattern.of(topic));
        if (exact != null && exact.live) {
            return exact;
        }
        for (ModelSubscription candidate : byPattern.values()) {
            if (candidate == entry) {
                return null;
            }
            if (!candidate.isExact() && candidate.live && candidate.pattern().matches(topic)) {
                return candidate;
            }
        }
        return null;
    }

    /** A topic has got its first record. */
    void born(ModelTopic log) {
        byPattern.values().stream()
                .filter(entry -> entry.pattern().matches(log.topic))
                .sorted(Comparator.comparing((ModelSubscription entry) -> !entry.isExact())
                        .thenComparing(entry -> entry.number))
                .forEach(entry -> born(entry, log));
    }

    private void born(ModelSubscription entry, ModelTopic log) {
        if (entry.ended) {
            return;
        }
        if (!entry.live) {
            entry.births.add(log);
            return;
        }
        if (denied.contains(log.topic)) {
            return;
        }
        ModelCursor present = cursors.get(log.topic);
        if (present == null) {
            ModelCursor cursor = newCursor(entry, log);
            boolean known = entry.request.since() instanceof Since.Positions positions
                    && positions.positions().containsKey(log.topic);
            if (known) {
                cursor.begin(entry, ModelCursor.sinceOf(entry.request, log), null);
            } else {
                cursor.beginAtBirth();
            }
        } else if (winsOver(entry, present.owner)) {
            present.continueFor(entry, null);
        }
    }

    void failed(ModelSubscription entry, @Nullable Long id) {
        fail(id, ErrorCode.UNAVAILABLE);
        remove(entry);
        dropOrHandOver(entry);
    }

    private void fail(@Nullable Long id, ErrorCode code) {
        wire.say(new Failure(id, code, "as the model wants it"), Faults.NONE);
    }

    // ---- unsubscribe

    void unsubscribe(Unsubscribe request) {
        ModelSubscription entry = byPattern.get(request.pattern());
        if (entry == null) {
            fail(request.id(), ErrorCode.NOT_SUBSCRIBED);
            return;
        }
        if (!entry.live) {
            fail(entry.request.id(), ErrorCode.NOT_SUBSCRIBED);
        }
        remove(entry);
        answerWaiting(entry);
        wire.say(new Unsubscribed(request.id(), entry.pattern(), null), Faults.NONE);
        dropOrHandOver(entry);
    }

    private void answerWaiting(ModelSubscription ended) {
        for (ModelCursor cursor : List.copyOf(cursors.values())) {
            if (ended.isExact() && cursor.owner == ended && !cursor.answerWaiting()) {
                fail(ended.request.id(), ErrorCode.NOT_SUBSCRIBED);
            }
        }
    }

    private void remove(ModelSubscription entry) {
        entry.ended = true;
        byPattern.remove(entry.pattern());
    }

    private void dropOrHandOver(ModelSubscription ended) {
        for (ModelCursor cursor : List.copyOf(cursors.values())) {
            if (cursor.owner == ended) {
                ModelSubscription heir = heirOf(cursor.log.topic);
                if (heir == null) {
                    cursors.remove(cursor.log.topic);
                } else {
                    cursor.continueFor(heir, null);
                }
            }
        }
    }

    private @Nullable ModelSubscription heirOf(Topic topic) {
        if (denied.contains(topic)) {
            return null;
        }
        return byPattern.values().stream()
                .filter(entry ->
                        !entry.isExact() && entry.live && entry.pattern().matches(topic))
                .findFirst()
                .orElse(null);
    }

    // ---- rights

    void rightsChanged() {
        for (ModelSubscription entry : List.copyOf(byPattern.values())) {
            if (entry.isExact() && isDenied(entry.pattern())) {
                remove(entry);
                if (entry.live) {
                    answerWaiting(entry);
                    revoke(entry.pattern());
                } else {
                    fail(entry.request.id(), ErrorCode.FORBIDDEN);
                }
                dropOrHandOver(entry);
            }
        }
        for (ModelCursor cursor : List.copyOf(cursors.values())) {
            if (denied.contains(cursor.log.topic)) {
                if (!cursor.owner.isExact()) {
                    revoke(TopicPattern.of(cursor.log.topic));
                }
                cursors.remove(cursor.log.topic);
            }
        }
        for (ModelSubscription entry : List.copyOf(byPattern.values())) {
            if (!entry.isExact() && entry.live) {
                store.ask(() -> {
                    if (!entry.ended) {
                        find(entry.pattern()).forEach(log -> attach(entry, log, Since.NOW, false));
                    }
                });
            }
        }
    }

    private void revoke(TopicPattern pattern) {
        wire.say(new Unsubscribed(null, pattern, Unsubscribed.REVOKED), Faults.NONE);
    }
}
