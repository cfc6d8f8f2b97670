package live.telemetry.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ServerEnvelope;
import live.telemetry.core.envelope.ServerEnvelope.Data;
import live.telemetry.core.envelope.ServerEnvelope.Failure;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import live.telemetry.core.envelope.ServerEnvelope.PatternSubscribed;
import live.telemetry.core.envelope.ServerEnvelope.Resynced;
import live.telemetry.core.envelope.ServerEnvelope.Resyncing;
import live.telemetry.core.envelope.ServerEnvelope.Subscribed;
import live.telemetry.core.envelope.ServerEnvelope.Unsubscribed;

/** A client process: what it wants, what it is subscribed to on its present connection, and what it knows of each topic. */
final class ModelClient {

    private enum Kind {
        SUBSCRIBE,
        UNSUBSCRIBE,
        RESYNC
    }

    private static final int COURSE = 60;

    private record Request(Kind kind, TopicPattern pattern, ModelRequest begins) {}

    private final Random random;
    private final ModelTopic.Truth truth;
    private final Map<TopicPattern, ModelSubscription> wanted = new LinkedHashMap<>();
    private final Map<Topic, ModelTopic> topics = new TreeMap<>();
    private final Map<Long, Request> open = new HashMap<>();
    private final Map<TopicPattern, ModelRequest> live = new LinkedHashMap<>();
    private final Deque<String> course = new ArrayDeque<>();
    private long requests;
    private TestPeer peer;

    ModelClient(Random random, ModelTopic.Truth truth) {
        this.random = random;
        this.truth = truth;
    }

    TestPeer peer() {
        return peer;
    }

    Collection<ModelTopic> topics() {
        return topics.values();
    }

    /** The last of what was said, for whoever has to find out why. */
    String course() {
        return String.join("\n", course);
    }

    private void note(String what) {
        course.add(what);
        if (course.size() > COURSE) {
            course.remove();
        }
    }

    // ---- the connection

    void connect(SessionRig rig) {
        note("connects");
        peer = rig.connect();
        wanted.values().forEach(this::subscribe);
    }

    /** Reads what has come, and hangs up: what is cut is gone. */
    void disconnect() {
        read();
        peer.disconnect();
        read();
        topics.values().forEach(ModelTopic::disconnected);
        open.clear();
        live.clear();
    }

    /** Asks again for what could not be had. */
    void askAgain() {
        wanted.values().forEach(subscription -> {
            boolean asked = open.values().stream()
                    .anyMatch(request ->
                            request.pattern().equals(subscription.pattern()) && request.kind() != Kind.RESYNC);
            if (!live.containsKey(subscription.pattern()) && !asked && peer.acceptsInput()) {
                subscribe(subscription);
            }
        });
    }

    // ---- what it does

    void want(ModelSubscription subscription) {
        boolean busy =
                open.values().stream().anyMatch(request -> request.pattern().equals(subscription.pattern()));
        if (!wanted.containsKey(subscription.pattern()) && !busy && peer.acceptsInput()) {
            wanted.put(subscription.pattern(), subscription);
            topics.values().stream()
                    .filter(topic -> subscription.matches(topic.topic())
                            && !isCovered(topic.topic(), subscription)
                            && !follows(topic.topic()))
                    .forEach(ModelTopic::forget);
            subscribe(subscription);
        }
    }

    private boolean isCovered(Topic topic, ModelSubscription except) {
        return wanted.values().stream().anyMatch(each -> each != except && each.matches(topic));
    }

    void unwantOne() {
        if (wanted.isEmpty() || !peer.acceptsInput()) {
            return;
        }
        TopicPattern pattern = wanted.keySet().stream()
                .skip(random.nextInt(wanted.size()))
                .findFirst()
                .orElseThrow();
        boolean busy =
                open.values().stream().anyMatch(request -> request.pattern().equals(pattern));
        if (live.containsKey(pattern) && !busy) {
            wanted.remove(pattern);
            send(new Request(Kind.UNSUBSCRIBE, pattern, null), "\"type\":\"unsubscribe\"");
        }
    }

    private void subscribe(ModelSubscription subscription) {
        Map<Topic, Position> positions = new TreeMap<>();
        for (ModelTopic topic : topics.values()) {
            if (topic.owner() == null && topic.resume() != null && subscription.matches(topic.topic())) {
                positions.put(topic.topic(), topic.resume());
            }
        }
        String mode = subscription.conflated() ? ",\"mode\":\"conflated\",\"maxRate\":20" : "";
        String since = since(subscription, positions);
        ModelRequest begins = new ModelRequest(subscription, positions);
        send(
                new Request(Kind.SUBSCRIBE, subscription.pattern(), begins),
                "\"type\":\"subscribe\"" + mode + (since == null ? "" : ",\"since\":" + since));
    }

    /** After what it knows already, on this connection or an earlier one; else as it was wanted. */
    private static String since(ModelSubscription subscription, Map<Topic, Position> positions) {
        if (positions.isEmpty()) {
            return subscription.since();
        }
        if (subscription.pattern().isExact()) {
            return json(positions.values().iterator().next());
        }
        return positions.entrySet().stream()
                .map(each -> '"' + each.getKey().name() + "\":" + json(each.getValue()))
                .collect(Collectors.joining(",", "{\"positions\":{", "}}"));
    }

    private static String json(Position position) {
        return "{\"epoch\":\"" + position.epoch() + "\",\"seq\":" + position.seq() + '}';
    }

    void resync(Topic topic, String epoch) {
        long from = 1 + random.nextInt(60);
        long to = from + random.nextInt(30);
        if (peer.acceptsInput()) {
            send(
                    new Request(Kind.RESYNC, TopicPattern.of(topic), null),
                    "\"type\":\"resync\",\"epoch\":\"" + epoch + "\",\"from\":" + from + ",\"to\":" + to);
        }
    }

    private void send(Request request, String fields) {
        TopicPattern pattern = request.pattern();
        long id = ++requests;
        open.put(id, request);
        note("> " + fields.replace("\"", "") + ' ' + pattern.text() + " #" + id);
        peer.send("{\"id\":" + id + ",\"topic\":\"" + pattern.text() + "\"," + fields + '}');
    }

    // ---- what it hears

    void read() {
        for (ServerEnvelope envelope : peer.takeEnvelopes()) {
            note("< " + Brief.of(envelope));
            hear(envelope);
        }
    }

    private void hear(ServerEnvelope envelope) {
        switch (envelope.type()) {
            case SUBSCRIBED -> hear((Subscribed) envelope);
            case PATTERN_SUBSCRIBED -> {
                PatternSubscribed it = (PatternSubscribed) envelope;
                begun(it.id(), it.pattern());
            }
            case DATA -> topic(((Data) envelope).record().topic()).data(((Data) envelope).record());
            case GAP -> topic(((Gap) envelope).topic()).gap((Gap) envelope);
            case RESYNCING -> topic(((Resyncing) envelope).topic()).resyncing((Resyncing) envelope);
            case RESYNCED -> {
                Resynced it = (Resynced) envelope;
                topic(it.topic()).resynced(it);
                assertThat(open.remove(it.id())).as("%s", it).isNotNull();
            }
            case UNSUBSCRIBED -> hear((Unsubscribed) envelope);
            case ERROR -> hear((Failure) envelope);
            default -> throw new AssertionError("nobody asked for " + envelope);
        }
    }

    private void hear(Subscribed it) {
        ModelRequest by;
        if (it.id() != null) {
            by = begun(it.id(), TopicPattern.of(it.topic()));
        } else if (it.pattern() != null) {
            by = live.get(it.pattern());
        } else {
            by = live.get(TopicPattern.of(it.topic()));
            if (by == null && topic(it.topic()).owner() != null) {
                by = live.get(topic(it.topic()).owner().pattern());
            }
        }
        assertThat(by).as("of a live subscription: %s", it).isNotNull();
        topic(it.topic()).subscribed(it, by);
    }

    private ModelRequest begun(Long id, TopicPattern pattern) {
        Request request = open.remove(id);
        assertThat(request).as("answers a request: #%d %s", id, pattern.text()).isNotNull();
        assertThat(request.kind()).isEqualTo(Kind.SUBSCRIBE);
        assertThat(request.pattern()).isEqualTo(pattern);
        live.put(pattern, request.begins());
        return request.begins();
    }

    private void hear(Unsubscribed it) {
        assertThat(open.remove(it.id())).as("%s", it).isNotNull();
        ModelSubscription ended = live.remove(it.pattern()).subscription();
        topics.values().forEach(topic -> topic.ended(ended, follows(topic.topic())));
    }

    private void hear(Failure it) {
        Request request = open.remove(it.id());
        assertThat(request).as("answers a request: %s", it).isNotNull();
        assertThat(it.code()).as("%s %s", request, it).isEqualTo(ErrorCode.UNAVAILABLE);
    }

    private ModelTopic topic(Topic topic) {
        return topics.computeIfAbsent(topic, name -> new ModelTopic(name, truth));
    }

    // ---- at the end

    void isAnswered() {
        assertThat(open).as("every request is answered").isEmpty();
        assertThat(live.keySet()).as("what is wanted is subscribed").isEqualTo(wanted.keySet());
    }

    /** Whether somebody delivers a topic to it. */
    boolean follows(Topic topic) {
        return live.values().stream().anyMatch(request -> request.subscription().matches(topic));
    }

    ModelTopic known(Topic topic) {
        ModelTopic known = topics.get(topic);
        assertThat(known).as("%s was told", topic).isNotNull();
        return known;
    }
}
