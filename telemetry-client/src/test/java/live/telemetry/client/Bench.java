package live.telemetry.client;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import live.telemetry.client.transport.TransportKind;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;
import live.telemetry.core.envelope.GapReason;
import live.telemetry.core.envelope.ServerEnvelope.Data;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import live.telemetry.core.envelope.ServerEnvelope.PatternSubscribed;
import live.telemetry.core.envelope.ServerEnvelope.Subscribed;
import live.telemetry.core.json.JsonData;
import org.jspecify.annotations.Nullable;

/** A client on a manual loop and fake transports, and short words for what its server says. */
final class Bench {

    final ManualLoop loop = new ManualLoop();
    final List<FakeTransport> transports = new ArrayList<>();
    final List<StateChange> changes = new ArrayList<>();
    final List<ServerError> errors = new ArrayList<>();
    final ConnectSettings settings;
    final TelemetryClient client;
    double random = 0.5;

    Bench() {
        this(() -> "token", Runnable::run);
    }

    /** @param token asked at once, on the loop */
    Bench(Supplier<String> token, Executor executor) {
        this(settings(TokenSource.asynchronous(() -> CompletableFuture.completedFuture(token.get()))), executor);
    }

    static ConnectSettings settings(TokenSource tokens) {
        return new ConnectSettings(
                List.of(URI.create("ws://test:1/telemetry")),
                tokens,
                Timeouts.DEFAULT,
                ReconnectPolicy.DEFAULT,
                Fallback.DEFAULT.withTransports(TransportKind.WEBSOCKET),
                ClientLimits.DEFAULT,
                null);
    }

    Bench(ConnectSettings settings, Executor executor) {
        ClientListener listener = new ClientListener() {
            @Override
            public void onStateChange(StateChange change) {
                changes.add(change);
                Bench.this.onStateChange(change);
            }

            @Override
            public void onServerError(ServerError error) {
                errors.add(error);
            }
        };
        this.settings = settings;
        client = new TelemetryClient(new ClientCore(
                settings,
                listener,
                executor,
                () -> {},
                loop,
                (kind, request) -> {
                    FakeTransport transport = new FakeTransport(kind, request);
                    transports.add(transport);
                    return transport;
                },
                () -> random));
    }

    /** Replaced by tests that act inside the callback. */
    Runnable duringStateChange = () -> {};

    private void onStateChange(StateChange change) {
        duringStateChange.run();
    }

    /** The transport of the newest attempt. */
    FakeTransport server() {
        return transports.get(transports.size() - 1);
    }

    /** Connects and is welcomed. */
    FakeTransport connected() {
        client.connect();
        return server().welcome();
    }

    /** Loses the connection, waits for the next attempt, and is welcomed. */
    FakeTransport reconnected() {
        server().breaks();
        loop.advance(Duration.ofSeconds(30));
        return server().welcome();
    }

    StateChange lastChange() {
        return changes.get(changes.size() - 1);
    }

    Subscribe lastSubscribe() {
        return server().last(Subscribe.class);
    }

    static Position at(String epoch, long seq) {
        return new Position(epoch, seq);
    }

    static Subscribed subscribed(@Nullable Long id, String topic, String epoch, long seq) {
        return new Subscribed(id, Topic.of(topic), null, at(epoch, seq), seq, true, null);
    }

    static Subscribed snapshot(@Nullable Long id, String topic, String epoch, long seq, int records) {
        return new Subscribed(id, Topic.of(topic), null, at(epoch, seq), seq, true, records);
    }

    static Subscribed matched(String pattern, String topic, String epoch, long seq) {
        return new Subscribed(null, Topic.of(topic), TopicPattern.of(pattern), at(epoch, seq), seq, true, null);
    }

    static PatternSubscribed accepted(@Nullable Long id, String pattern) {
        return new PatternSubscribed(id, TopicPattern.of(pattern));
    }

    static Data data(String topic, long seq) {
        return new Data(new TelemetryRecord(Topic.of(topic), seq, 1, null, JsonData.of(seq)));
    }

    static Gap expired(String topic, String epoch, long from, long to) {
        return new Gap(null, Topic.of(topic), epoch, from, to, to + 1, GapReason.EXPIRED, null);
    }

    /** Answers the last {@code subscribe} for a topic. */
    void answer(String topic, String epoch, long seq) {
        server().says(subscribed(lastSubscribe().id(), topic, epoch, seq));
    }

    /** Remembers what it is told, in short words. */
    static final class Told implements RecordListener {

        final List<String> all = new ArrayList<>();
        final List<GapEvent> gaps = new ArrayList<>();
        final List<EndEvent> ends = new ArrayList<>();

        @Override
        public void onRecord(TelemetryRecord record) {
            all.add(record.topic() + "#" + record.seq());
        }

        @Override
        public void onGap(GapEvent gap) {
            gaps.add(gap);
            all.add(gap.topic() + " gap " + gap.from() + "-" + gap.to() + " then " + gap.position());
        }

        @Override
        public void onEnd(EndEvent end) {
            ends.add(end);
            all.add("end " + end.code());
        }
    }
}
