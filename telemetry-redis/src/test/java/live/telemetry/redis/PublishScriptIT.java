package live.telemetry.redis;

import static live.telemetry.redis.StoreRig.CPU;
import static live.telemetry.redis.StoreRig.get;
import static live.telemetry.redis.StoreRig.history;
import static live.telemetry.redis.StoreRig.numbers;
import static live.telemetry.redis.StoreRig.publication;
import static live.telemetry.redis.StoreRig.publish;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import live.telemetry.core.History;
import live.telemetry.core.History.Continuity;
import live.telemetry.core.Position;
import live.telemetry.core.Publication;
import live.telemetry.core.Retention;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.json.JsonData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.exceptions.JedisDataException;

/** What the scripts do, seen in Redis itself. */
@ParameterizedClass
@MethodSource("live.telemetry.redis.RedisBinary#all")
class PublishScriptIT {

    private final RedisBinary binary;
    private final StoreRig rig = new StoreRig();
    private RedisProcess redis;
    private Jedis jedis;

    PublishScriptIT(RedisBinary binary) {
        this.binary = binary;
    }

    @BeforeEach
    void open() {
        redis = RedisProcess.volatileOne(binary);
        jedis = redis.admin();
    }

    @AfterEach
    void close() {
        rig.close();
        jedis.close();
        redis.close();
    }

    private static Partition partition(Topic topic) {
        return new Partitions(RedisBroadcasterBuilder.DEFAULT_KEY_PREFIX, 16, 0).of(topic);
    }

    private static String stream(Topic topic) {
        return partition(topic).streamKey(topic);
    }

    private Object send(PublishBatch batch, Partition partition, String producer) {
        KnownHeads heads = new KnownHeads(new FenceMode());
        List<Object> settings = List.of(100, 100_000, 60_000, 600_000, 60_000, 10);
        StoreCommand command = batch.command(partition, producer, settings, heads, RandomNames.next(), Command.PUBLISH);
        Connection connection = jedis.getConnection();
        connection.sendCommand(StoreCommand.of(Command.SCRIPT, "LOAD", LuaScript.PUBLISH.source())
                .arguments());
        connection.sendCommand(command.arguments());
        return connection.getMany(2).get(1);
    }

    private static PublishBatch batch(long number, Topic topic, int... values) {
        PublishBatch batch = new PublishBatch(number);
        for (int value : values) {
            Publication publication = publication(topic, value);
            batch.add(new PendingPublish(
                    topic, null, RecordBytes.encode(publication), Long.MAX_VALUE, new CompletableFuture<>()));
        }
        return batch;
    }

    private static String text(Object reply) {
        return new String((byte[]) reply, StandardCharsets.US_ASCII);
    }

    @Test
    void batchSentAgainIsStoredOnceAndAnsweredAlike() {
        Object first = send(batch(1, CPU, 1, 2), partition(CPU), "me");
        Object again = send(batch(1, CPU, 1, 2), partition(CPU), "me");
        assertThat(text(again)).isEqualTo(text(first)).endsWith(" 1");
        assertThat(jedis.xlen(stream(CPU))).isEqualTo(2);
        assertThat(jedis.get(partition(CPU).counterKey())).isEqualTo("1");
    }

    @Test
    void batchThatComesAfterItsSuccessorIsRefused() {
        send(batch(2, CPU, 2), partition(CPU), "me");
        assertThat(send(batch(1, CPU, 1), partition(CPU), "me"))
                .isInstanceOf(JedisDataException.class)
                .hasToString("redis.clients.jedis.exceptions.JedisDataException: STALE batch 1 came after 2");
        assertThat(jedis.xlen(stream(CPU))).isEqualTo(1);
    }

    @Test
    void entriesOfTheStreamHaveTheirNumberAsId() {
        publish(rig.node(redis.uri()), CPU, 1, 3);
        assertThat(jedis.xrange(stream(CPU), (StreamEntryID) null, null))
                .extracting(entry -> entry.getID().toString())
                .containsExactly("1-0", "2-0", "3-0");
    }

    @Test
    void subscribingAndAskingCreatesNothing() {
        RedisBroadcaster node = rig.node(redis.uri());
        node.interest(TopicPattern.ALL, true);
        node.interest(TopicPattern.of(CPU), true);
        history(node, CPU, Position.NONE);
        get(node.topics(TopicPattern.ALL));
        assertThat(jedis.keys("*")).containsExactly("telemetry:partitions");
    }

    @Test
    void streamThatRefusesRecordsIsGivenUpWithItsEpoch() {
        RedisBroadcaster node = rig.node(redis.uri());
        Position before = publish(node, CPU, 1, 3);
        jedis.xadd(stream(CPU), new StreamEntryID(50, 0), Map.of("r", "foreign"));
        Position after = publish(node, CPU, 4, 4);
        assertThat(after.seq()).isEqualTo(1);
        assertThat(after.epoch()).isNotEqualTo(before.epoch());
        History history = history(node, CPU, before);
        assertThat(history.continuity()).isEqualTo(Continuity.EPOCH_CHANGED);
        assertThat(numbers(history.records())).containsExactly(4);
    }

    @Test
    void streamOfAnotherTypeIsGivenUp() {
        jedis.set(stream(CPU), "foreign");
        RedisBroadcaster node = rig.node(redis.uri());
        publish(node, CPU, 1, 2);
        assertThat(numbers(history(node, CPU, Position.NONE).records())).containsExactly(1, 2);
    }

    @Test
    void topicIsContinuedInItsEpochAlthoughItsRecordsHaveExpired() {
        RedisBroadcaster node = rig.node(redis.uri());
        Position third = publish(node, CPU, 1, 3);
        jedis.del(stream(CPU));
        assertThat(history(node, CPU, Position.NONE)).isEqualTo(new History(Continuity.EXPIRED, third, 4, List.of()));
        assertThat(history(node, CPU, third)).isEqualTo(new History(Continuity.CONTINUES, third, 4, List.of()));
        assertThat(publish(node, CPU, 4, 4)).isEqualTo(new Position(third.epoch(), 4));
        assertThat(get(node.topics(TopicPattern.ALL))).containsOnlyKeys(CPU);
    }

    @Test
    void recordsAreTrimmedByNumber() {
        RedisBroadcaster node = rig.node(redis.uri(), b -> b.retention(Retention.DEFAULT.withMaxRecords(100)));
        publishAtOnce(node, 1_000);
        assertThat(jedis.xlen(stream(CPU))).isBetween(100L, 200L);
        History history = history(node, CPU, Position.NONE);
        assertThat(history.continuity()).isEqualTo(Continuity.EXPIRED);
        assertThat(history.records()).last().extracting(r -> r.seq()).isEqualTo(1_000L);
    }

    @Test
    void recordsAreTrimmedByBytes() {
        RedisBroadcaster node = rig.node(redis.uri(), b -> b.retention(Retention.DEFAULT.withMaxBytes(20_000)));
        for (int i = 0; i < 40; i++) {
            get(node.publish(new Publication(CPU, i, null, JsonData.of("x".repeat(1_000)))));
        }
        assertThat(jedis.xlen(stream(CPU))).isBetween(19L, 23L);
    }

    @Test
    void recordsAreTrimmedByAgeAndAnIdleTopicExpires() {
        Retention retention = Retention.DEFAULT.withMaxAge(Duration.ofMillis(800));
        RedisBroadcaster node = rig.node(redis.uri(), b -> b.retention(retention));
        publish(node, CPU, 1, 1);
        StoreRig.await().until(() -> {
            publish(node, CPU, 2, 2);
            return history(node, CPU, Position.NONE).continuity() == Continuity.EXPIRED;
        });
        StoreRig.await().until(() -> !jedis.exists(stream(CPU)));
        assertThat(jedis.ttl(partition(CPU).metadataKey(CPU))).isGreaterThan(29L * 24 * 3600);
    }

    @Test
    void everyKeyOfATopicExpiresSomeTime() {
        RedisBroadcaster node = rig.node(redis.uri());
        get(node.publish(new Publication(CPU, 1, "core 0", JsonData.of(1))));
        Partition partition = partition(CPU);
        for (String key : List.of(stream(CPU), partition.metadataKey(CPU), partition.latestKey(CPU))) {
            assertThat(jedis.ttl(key)).as(key).isPositive();
        }
    }

    @Test
    void latestRecordOfEachKeyIsKept() {
        RedisBroadcaster node = rig.node(redis.uri());
        for (int i = 1; i <= 6; i++) {
            get(node.publish(new Publication(CPU, i, "core " + i % 2, JsonData.of(i))));
        }
        Map<String, String> latest = jedis.hgetAll(partition(CPU).latestKey(CPU));
        assertThat(latest).containsOnlyKeys("core 0", "core 1");
        assertThat(latest.get("core 0")).startsWith("6 ").endsWith("6");
        assertThat(latest.get("core 1")).startsWith("5 ").endsWith("5");
    }

    @Test
    void latestRecordsOutliveTheHistory() {
        RedisBroadcaster node = rig.node(redis.uri());
        for (int i = 1; i <= 6; i++) {
            get(node.publish(new Publication(CPU, i, i == 4 ? null : "core " + i % 2, JsonData.of(i))));
        }
        assertThat(latest(node)).containsExactly(4, 5, 6);
        jedis.del(stream(CPU));
        assertThat(latest(node)).containsExactly(5, 6);
    }

    private static List<Integer> latest(RedisBroadcaster node) {
        return numbers(get(node.latest(CPU)).orElseThrow().records());
    }

    @Test
    void latestRecordsAreLeftToTheHistoryWhereTheTableIsFull() {
        RedisBroadcaster node = rig.node(redis.uri());
        List<CompletableFuture<Position>> answers = IntStream.range(0, LatestTable.MAX_KEYS)
                .mapToObj(i -> node.publish(new Publication(CPU, i, "key " + i, JsonData.of(i)))
                        .toCompletableFuture())
                .toList();
        answers.forEach(StoreRig::get);
        assertThat(get(node.latest(CPU))).isEmpty();
    }

    @Test
    void latestRecordsBeginAnewWithTheirEpoch() {
        RedisBroadcaster node = rig.node(redis.uri());
        publish(node, CPU, 1, 3);
        get(node.publish(new Publication(CPU, 4, "key", JsonData.of(4))));
        jedis.xadd(stream(CPU), new StreamEntryID(50, 0), Map.of("r", "foreign"));
        get(node.publish(new Publication(CPU, 5, "other", JsonData.of(5))));
        assertThat(latest(node)).containsExactly(5);
    }

    @Test
    void latestRecordsAreBoundedByKeys() {
        PublishBatch batch = new PublishBatch(1);
        for (int i = 0; i < 15; i++) {
            Publication publication = new Publication(CPU, i, "key " + i, JsonData.of(i));
            batch.add(new PendingPublish(
                    CPU, publication.key(), RecordBytes.encode(publication), 0, new CompletableFuture<>()));
        }
        send(batch, partition(CPU), "me");
        assertThat(jedis.hlen(partition(CPU).latestKey(CPU))).isEqualTo(10);
        assertThat(jedis.xlen(stream(CPU))).isEqualTo(15);
    }

    @Test
    void manyTopicsAreListedPageByPage() {
        RedisBroadcaster node = rig.node(redis.uri(), b -> b.partitions(2));
        List<CompletableFuture<Position>> answers = IntStream.range(0, 3_000)
                .mapToObj(i ->
                        node.publish(publication(Topic.of("many.t" + i), i)).toCompletableFuture())
                .toList();
        answers.forEach(StoreRig::get);
        assertThat(get(node.topics(TopicPattern.of("many.*")))).hasSize(3_000);
        assertThat(get(node.topics(TopicPattern.of("many.t7")))).hasSize(1);
    }

    @Test
    void historyAnswersOfLargeRecordsAreBoundedByBytes() {
        RedisBroadcaster node = rig.node(redis.uri());
        for (int i = 0; i < 8; i++) {
            get(node.publish(new Publication(CPU, i, null, JsonData.of("x".repeat(400_000)))));
        }
        assertThat(history(node, CPU, Position.NONE).records()).hasSize(3);
    }

    @Test
    void databasesAreApart() {
        RedisBroadcaster zero = rig.node(redis.uri());
        RedisBroadcaster one = rig.node(redis.uri() + "/1");
        publish(zero, CPU, 1, 3);
        assertThat(publish(one, CPU, 1, 1).seq()).isEqualTo(1);
        assertThat(get(one.topics(TopicPattern.ALL)).get(CPU).seq()).isEqualTo(1);
    }

    private static void publishAtOnce(RedisBroadcaster node, int count) {
        IntStream.rangeClosed(1, count)
                .mapToObj(i -> node.publish(publication(CPU, i)).toCompletableFuture())
                .toList()
                .forEach(StoreRig::get);
    }
}
