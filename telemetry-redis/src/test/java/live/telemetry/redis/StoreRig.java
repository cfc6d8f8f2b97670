package live.telemetry.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.History;
import live.telemetry.core.Position;
import live.telemetry.core.Publication;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.json.JsonData;
import live.telemetry.tck.NodeModel;
import live.telemetry.tck.Scheduler;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import redis.clients.jedis.exceptions.JedisException;

/** Nodes on one Redis, for tests that look at more than the contract. */
final class StoreRig implements AutoCloseable {

    static final Topic CPU = Topic.of("host.cpu");

    private final List<RedisBroadcaster> broadcasters = new ArrayList<>();

    RedisBroadcaster started(RedisBroadcasterBuilder builder, Broadcaster.Sink sink) {
        RedisBroadcaster broadcaster = builder.build();
        broadcasters.add(broadcaster);
        broadcaster.start(sink);
        await().until(() -> broadcaster.state() == Broadcaster.State.UP);
        return broadcaster;
    }

    RedisBroadcaster node(String uri) {
        return node(uri, builder -> builder);
    }

    /** One that wants nothing. */
    RedisBroadcaster node(String uri, UnaryOperator<RedisBroadcasterBuilder> change) {
        return started(change.apply(RedisCluster.impatient(uri)), new NodeModel("node", Scheduler.realTime()));
    }

    /** A model that wants everything. */
    NodeModel model(String uri) {
        return model(uri, builder -> builder);
    }

    NodeModel model(String uri, UnaryOperator<RedisBroadcasterBuilder> change) {
        NodeModel model = new NodeModel("node " + broadcasters.size(), Scheduler.realTime());
        RedisBroadcaster broadcaster = change.apply(RedisCluster.impatient(uri)).build();
        broadcasters.add(broadcaster);
        model.start(broadcaster);
        model.want(TopicPattern.ALL);
        await().until(() -> broadcaster.state() == Broadcaster.State.UP);
        return model;
    }

    static RedisStats stats(NodeModel model) {
        return ((RedisBroadcaster) model.broadcaster()).stats();
    }

    static Publication publication(Topic topic, int number) {
        return new Publication(topic, number, null, JsonData.of(number));
    }

    /** Publishes numbers, one after the other, and waits for each. */
    static Position publish(Broadcaster broadcaster, Topic topic, int from, int to) {
        Position last = Position.NONE;
        for (int number = from; number <= to; number++) {
            last = get(broadcaster.publish(publication(topic, number)));
        }
        return last;
    }

    static History history(Broadcaster broadcaster, Topic topic, Position after) {
        return get(broadcaster.history(topic, after, 1_000));
    }

    static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    static List<Integer> numbers(List<TelemetryRecord> records) {
        return records.stream()
                .map(record -> Integer.parseInt(record.data().text()))
                .toList();
    }

    static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(5));
    }

    /** For whoever asks a Redis that may cut its clients off meanwhile. */
    static ConditionFactory awaitRedis() {
        return await().ignoreExceptionsInstanceOf(JedisException.class);
    }

    @Override
    public void close() {
        broadcasters.forEach(Broadcaster::close);
    }
}
