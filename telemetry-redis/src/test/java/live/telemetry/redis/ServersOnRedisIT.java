package live.telemetry.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import live.telemetry.client.GapEvent;
import live.telemetry.client.RecordListener;
import live.telemetry.client.SubscribeOptions;
import live.telemetry.client.TelemetryClient;
import live.telemetry.core.Position;
import live.telemetry.core.Retention;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.envelope.Since;
import live.telemetry.server.TelemetryServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whole servers that share a Redis, and clients that move between them. */
class ServersOnRedisIT {

    private static final String TOPIC = "host.cpu";

    private final List<TelemetryServer> servers = new ArrayList<>();
    private final List<TelemetryClient> clients = new ArrayList<>();
    private RedisProcess redis;

    @BeforeEach
    void open() {
        redis = RedisProcess.durable(RedisBinary.preferred());
    }

    @AfterEach
    void close() {
        clients.forEach(TelemetryClient::close);
        servers.forEach(TelemetryServer::close);
        redis.close();
    }

    private TelemetryServer server(Retention retention) {
        TelemetryServer server = TelemetryServer.builder()
                .port(0)
                .allowAnonymous()
                .retention(retention)
                .broadcaster(
                        RedisCluster.impatient(redis.uri()).retention(retention).build())
                .build()
                .start();
        servers.add(server);
        return server;
    }

    @Test
    void healthSaysWhichFenceIsUsed() throws Exception {
        URI health = URI.create("http://127.0.0.1:" + server().port() + "/telemetry/health");
        HttpRequest question = HttpRequest.newBuilder(health).build();
        StoreRig.await()
                .untilAsserted(() -> assertThat(HttpClient.newHttpClient()
                                .send(question, HttpResponse.BodyHandlers.ofString())
                                .body())
                        .contains("\"status\":\"UP\"", "\"detail\":\"masters: 1 of 1; fence: replication id\""));
    }

    private TelemetryServer server() {
        return server(Retention.DEFAULT);
    }

    private Received received(SubscribeOptions options, TelemetryServer... at) {
        TelemetryClient client = TelemetryClient.builder()
                .urls(IntStream.range(0, at.length)
                        .mapToObj(i -> at[i].uri().toString())
                        .toArray(String[]::new))
                .build();
        clients.add(client);
        Received received = new Received();
        client.subscribe(TOPIC, options, received);
        client.connect();
        return received;
    }

    private static void publish(TelemetryServer server, int from, int to) {
        List<CompletableFuture<Position>> answers = IntStream.rangeClosed(from, to)
                .mapToObj(i -> server.publish(TOPIC, i).toCompletableFuture())
                .toList();
        answers.forEach(StoreRig::get);
    }

    private static void awaitNumbers(Received received, int from, int to) {
        StoreRig.await()
                .untilAsserted(() -> assertThat(received.numbers())
                        .containsExactlyElementsOf(
                                IntStream.rangeClosed(from, to).boxed().toList()));
        assertThat(received.gaps).isEmpty();
    }

    @Test
    void recordsOfEveryServerReachTheClientsOfEveryServer() {
        TelemetryServer one = server();
        TelemetryServer two = server();
        Received atOne = received(SubscribeOptions.from(Since.START), one);
        Received atTwo = received(SubscribeOptions.from(Since.START), two);
        publish(one, 1, 50);
        publish(two, 51, 100);
        awaitNumbers(atOne, 1, 100);
        awaitNumbers(atTwo, 1, 100);
    }

    @Test
    void clientWhoseServerEndsGoesOnExactlyAtAnother() {
        TelemetryServer publisher = server();
        TelemetryServer one = server();
        TelemetryServer two = server();
        Received received = received(SubscribeOptions.from(Since.START), one, two);
        publish(publisher, 1, 100);
        awaitNumbers(received, 1, 100);
        one.close();
        publish(publisher, 101, 200);
        awaitNumbers(received, 1, 200);
    }

    @Test
    void redisThatIsKilledAndComesBackMakesNoGap() {
        TelemetryServer one = server();
        TelemetryServer two = server();
        Received received = received(SubscribeOptions.from(Since.START), two);
        publish(one, 1, 20);
        redis.kill();
        CompletableFuture<Position> waiting = one.publish(TOPIC, 21).toCompletableFuture();
        redis.start();
        StoreRig.get(waiting);
        publish(one, 22, 40);
        awaitNumbers(received, 1, 40);
    }

    @Test
    void snapshotOnAServerThatIsColdHasKeysWhoseRecordsWereDropped() {
        Retention little = Retention.DEFAULT.withMaxRecords(100);
        TelemetryServer one = server(little);
        StoreRig.get(one.publish(TOPIC, "slow", 0).toCompletableFuture());
        IntStream.rangeClosed(1, 600)
                .mapToObj(i -> one.publish(TOPIC, "fast", i).toCompletableFuture())
                .toList()
                .forEach(StoreRig::get);
        Received received = received(SubscribeOptions.from(Since.SNAPSHOT), server(little));
        StoreRig.await().until(() -> received.numbers().equals(List.of(0, 600)));
    }

    @Test
    void serverStartsWhileRedisIsAway() {
        redis.kill();
        TelemetryServer server = server();
        CompletableFuture<Position> waiting = server.publish(TOPIC, 1).toCompletableFuture();
        assertThat(waiting).isNotDone();
        redis.start();
        assertThat(waiting).succeedsWithin(Duration.ofSeconds(20));
        awaitNumbers(received(SubscribeOptions.from(Since.START), server), 1, 1);
    }

    private static final class Received implements RecordListener {

        private final ConcurrentLinkedQueue<TelemetryRecord> records = new ConcurrentLinkedQueue<>();
        private final ConcurrentLinkedQueue<GapEvent> gaps = new ConcurrentLinkedQueue<>();

        List<Integer> numbers() {
            return StoreRig.numbers(List.copyOf(records));
        }

        @Override
        public void onRecord(TelemetryRecord record) {
            records.add(record);
        }

        @Override
        public void onGap(GapEvent gap) {
            gaps.add(gap);
        }
    }
}
