package live.telemetry.redis;

import static live.telemetry.redis.StoreRig.CPU;
import static live.telemetry.redis.StoreRig.await;
import static live.telemetry.redis.StoreRig.get;
import static live.telemetry.redis.StoreRig.history;
import static live.telemetry.redis.StoreRig.numbers;
import static live.telemetry.redis.StoreRig.publication;
import static live.telemetry.redis.StoreRig.publish;
import static live.telemetry.redis.StoreRig.stats;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import live.telemetry.core.Broadcaster.State;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.TopicPattern;
import live.telemetry.tck.NodeModel;
import live.telemetry.tck.Scheduler;
import live.telemetry.tck.proxy.Cut;
import live.telemetry.tck.proxy.Direction;
import live.telemetry.tck.proxy.FaultProxy;
import live.telemetry.tck.proxy.Impairment;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.StreamEntryID;

/** Single faults, and what exactly becomes of each. */
class RedisFaultIT {

    private static RedisProcess redis;

    private Jedis jedis;
    private StoreRig rig;
    private FaultProxy proxy;

    @BeforeAll
    static void start() {
        redis = RedisProcess.volatileOne(RedisBinary.preferred());
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @BeforeEach
    void open() {
        jedis = redis.admin();
        jedis.flushAll();
        rig = new StoreRig();
        proxy = FaultProxy.to(redis.port());
    }

    @AfterEach
    void close() {
        rig.close();
        proxy.close();
        jedis.close();
    }

    private String proxied() {
        return "redis://127.0.0.1:" + proxy.port();
    }

    private static Partition partition() {
        return new Partitions(RedisBroadcasterBuilder.DEFAULT_KEY_PREFIX, 16, 0).of(CPU);
    }

    private static void awaitReceived(NodeModel node, int upTo) {
        await().untilAsserted(() -> assertThat(numbers(node.log(CPU).received()))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, upTo).boxed().toList()));
        assertThat(node.violations()).isEmpty();
    }

    @Test
    void subscriberThatIsKilledReadsWhatItMissed() {
        NodeModel node = rig.model(redis.uri());
        RedisBroadcaster other = rig.node(redis.uri());
        publish(other, CPU, 1, 10);
        awaitReceived(node, 10);
        jedis.sendCommand(Command.CLIENT, "KILL", "TYPE", "pubsub");
        publish(other, CPU, 11, 20);
        awaitReceived(node, 20);
        await().until(() -> stats(node).reconnects() >= 1);
    }

    @Test
    void lastMessageThatIsLostIsFoundByItsCounter() {
        NodeModel node = rig.model(redis.uri());
        publish(node.broadcaster(), CPU, 1, 3);
        awaitReceived(node, 3);
        // Somebody who is not allowed to publish on the channel: stored, counted, but not told.
        new SilentPublisher(jedis).store(CPU, 4);
        awaitReceived(node, 4);
        assertThat(stats(node).lostTails()).isPositive();
    }

    @Test
    void messageThatIsLostBetweenOthersIsReadFromTheStreamFirst() {
        NodeModel node = rig.model(redis.uri(), b -> b.tailCheck(Duration.ofMinutes(5)));
        publish(node.broadcaster(), CPU, 1, 3);
        awaitReceived(node, 3);
        new SilentPublisher(jedis).store(CPU, 4);
        publish(node.broadcaster(), CPU, 5, 5);
        awaitReceived(node, 5);
        assertThat(stats(node).holes()).isPositive();
    }

    @Test
    void connectionThatGoesNowhereIsGivenUpAndNothingIsLostOrDoubled() {
        NodeModel node = rig.model(proxied());
        publish(node.broadcaster(), CPU, 1, 5);
        awaitReceived(node, 5);
        proxy.impair(Impairment.BLACK_HOLE);
        CompletableFuture<Position> sixth =
                node.broadcaster().publish(publication(CPU, 6)).toCompletableFuture();
        await().until(() -> node.broadcaster().state() == State.DOWN);
        assertThat(sixth).isNotDone();
        proxy.heal();
        assertThat(get(sixth).seq()).isEqualTo(6);
        awaitReceived(node, 6);
    }

    @Test
    void connectionsThatAreCutAreMadeAgain() {
        NodeModel node = rig.model(proxied());
        for (int i = 1; i <= 10; i++) {
            publish(node.broadcaster(), CPU, i, i);
            proxy.cut(i % 2 == 0 ? Cut.RESET : Cut.FIN);
        }
        awaitReceived(node, 10);
    }

    @Test
    void answerThatIsLostDoesNotDoubleTheRecord() {
        RedisBroadcaster node = rig.node(proxied());
        publish(node, CPU, 1, 1);
        proxy.impair(Direction.TO_CLIENT, Impairment.BLACK_HOLE);
        CompletableFuture<Position> second = node.publish(publication(CPU, 2)).toCompletableFuture();
        await().until(() -> jedis.xlen(partition().streamKey(CPU)) == 2);
        proxy.cut(Cut.RESET);
        proxy.heal();
        assertThat(get(second).seq()).isEqualTo(2);
        assertThat(publish(node, CPU, 3, 3).seq()).isEqualTo(3);
        assertThat(node.stats().repeatedBatches()).isPositive();
    }

    @Test
    void publishFailsWhenItsTimeIsOver() {
        RedisBroadcaster node = rig.node(proxied(), b -> b.publishTimeout(Duration.ofMillis(400)));
        proxy.impair(Impairment.BLACK_HOLE);
        assertUnavailable(
                node.publish(publication(CPU, 1)).toCompletableFuture(), "could not be reached within PT0.4S");
        assertThat(node.stats().failedPublishes()).isEqualTo(1);
        assertThat(node.stats().waitingPublishes()).isZero();
    }

    @Test
    void publishIsRefusedAtOnceWhenTheBufferIsFull() {
        RedisBroadcaster node = rig.node(proxied(), b -> b.publishBuffer(3, 1_000_000));
        proxy.impair(Impairment.BLACK_HOLE);
        for (int i = 1; i <= 3; i++) {
            node.publish(publication(CPU, i));
        }
        assertUnavailable(node.publish(publication(CPU, 4)).toCompletableFuture(), "does not keep up");
        assertThat(node.stats().refusedPublishes()).isEqualTo(1);
        assertThat(node.stats().waitingPublishes()).isEqualTo(3);
    }

    @Test
    void historyAndTopicsFailAtOnceWhileRedisIsAway() {
        RedisBroadcaster node = rig.node(proxied());
        proxy.refuse(true);
        proxy.cut(Cut.RESET);
        assertUnavailable(node.history(CPU, Position.NONE, 1).toCompletableFuture(), "cannot be reached");
        assertUnavailable(node.topics(TopicPattern.ALL).toCompletableFuture(), "cannot be reached");
    }

    @Test
    void nodeThatOnlyPublishesIsUpAgainAfterAnOutage() {
        RedisBroadcaster node = rig.node(proxied());
        proxy.refuse(true);
        proxy.cut(Cut.RESET);
        await().until(() -> node.state() == State.DOWN);
        proxy.heal();
        await().until(() -> node.state() == State.UP);
    }

    @Test
    void recordsThatAreRefusedForLackOfMemoryAreStoredLater() {
        NodeModel node = rig.model(redis.uri());
        publish(node.broadcaster(), CPU, 1, 1);
        jedis.configSet("maxmemory", "1");
        CompletableFuture<Position> second =
                node.broadcaster().publish(publication(CPU, 2)).toCompletableFuture();
        await().until(() -> node.broadcaster().state() == State.DEGRADED);
        assertThat(second).isNotDone();
        jedis.configSet("maxmemory", "0");
        assertThat(get(second).seq()).isEqualTo(2);
        await().until(() -> node.broadcaster().state() == State.UP);
        awaitReceived(node, 2);
    }

    @Test
    void recordThatCannotBeReadIsSkippedAndCounted() {
        NodeModel node = rig.model(redis.uri());
        publish(node.broadcaster(), CPU, 1, 2);
        awaitReceived(node, 2);
        new SilentPublisher(jedis).storeRaw(CPU, "\u0005\u0001\u0000NaN".getBytes(StandardCharsets.US_ASCII), true);
        publish(node.broadcaster(), CPU, 4, 4);
        await().untilAsserted(
                        () -> assertThat(numbers(node.log(CPU).received())).containsExactly(1, 2, 4));
        assertThat(node.log(CPU).losses()).hasSize(1);
        assertThat(stats(node).unreadableRecords()).isPositive();
        assertThat(node.violations()).isEmpty();
    }

    @Test
    void messageThatIsNoneIsSkippedAndCounted() {
        NodeModel node = rig.model(redis.uri());
        publish(node.broadcaster(), CPU, 1, 1);
        awaitReceived(node, 1);
        jedis.publish(partition().channel(), "hello");
        publish(node.broadcaster(), CPU, 2, 2);
        awaitReceived(node, 2);
        assertThat(stats(node).unreadableMessages()).isEqualTo(1);
    }

    @Test
    void historyThatIsFlushedIsToldWithTheNextRecord() {
        NodeModel node = rig.model(redis.uri());
        publish(node.broadcaster(), CPU, 1, 3);
        awaitReceived(node, 3);
        jedis.flushAll();
        Position first = publish(node.broadcaster(), CPU, 4, 4);
        assertThat(first.seq()).isEqualTo(1);
        await().until(() -> node.log(CPU).position().equals(first));
        assertThat(numbers(node.log(CPU).valid())).containsExactly(4);
    }

    @Test
    void messagesThatAreTooManyAreReadFromTheStream() {
        NodeModel node = rig.model(redis.uri(), b -> b.feedBuffer(1));
        publish(node.broadcaster(), CPU, 1, 20);
        awaitReceived(node, 20);
        assertThat(stats(node).droppedMessages()).isPositive();
    }

    @Test
    void nodeWithAnotherNumberOfPartitionsStaysDown() {
        rig.node(redis.uri());
        RedisBroadcaster wrong =
                RedisCluster.impatient(redis.uri()).partitions(8).build();
        try (wrong) {
            wrong.start(new NodeModel("wrong", Scheduler.realTime()));
            assertUnavailable(wrong.history(CPU, Position.NONE, 1).toCompletableFuture(), "cannot be reached");
            assertThat(wrong.state()).isNotEqualTo(State.UP);
        }
    }

    @Test
    void partitionThatNobodyWantsIsUnsubscribedAfterAWhile() {
        RedisBroadcaster node = rig.node(redis.uri(), b -> b.interestLinger(Duration.ofMillis(300)));
        node.interest(TopicPattern.of(CPU), true);
        await().until(() -> subscribers() == 1);
        node.interest(TopicPattern.of(CPU), false);
        await().until(() -> subscribers() == 0);
        assertThat(jedis.pubsubChannels()).noneMatch(channel -> channel.contains(":db0"));
    }

    private long subscribers() {
        Map<String, Long> all = jedis.pubsubNumSub(partition().channel());
        return all.get(partition().channel());
    }

    @Test
    void epochsOutliveAThousandEntriesOfHistoryThatWereTrimmed() {
        RedisBroadcaster node = rig.node(redis.uri());
        Position tenth = publish(node, CPU, 1, 10);
        jedis.xtrim(partition().streamKey(CPU), 0, false);
        jedis.xadd(partition().streamKey(CPU), new StreamEntryID(10, 1), Map.of("x", "y"));
        assertThat(publish(node, CPU, 11, 11)).isEqualTo(new Position(tenth.epoch(), 11));
        assertThat(history(node, CPU, tenth).records()).hasSize(1);
    }

    private static void assertUnavailable(CompletableFuture<?> answer, String why) {
        assertThatThrownBy(() -> get(answer))
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(TelemetryException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE);
                    assertThat(e.retryable()).isTrue();
                })
                .hasMessageContaining(why);
    }
}
