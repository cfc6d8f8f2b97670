package live.telemetry.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import live.telemetry.client.Fallback;
import live.telemetry.client.SubscribeOptions;
import live.telemetry.client.TelemetryClient;
import live.telemetry.client.transport.TransportKind;
import live.telemetry.core.Position;
import live.telemetry.core.envelope.Since;
import live.telemetry.server.TelemetryServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Three servers and one Redis: what is published on any of them reaches every client of each, whatever carries it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class EveryTransportIT {

    private static final List<String> TOPICS = List.of("host.cpu", "app.orders");
    private static final int RECORDS_PER_NODE = 200;

    private final RedisProcess redis = RedisProcess.volatileOne(RedisBinary.preferred());
    private final Nodes nodes = new Nodes(redis.uri()).start(3);
    private final Map<String, ReceivedLog> logs = new LinkedHashMap<>();
    private final List<TelemetryClient> clients = new ArrayList<>();

    @AfterEach
    void close() {
        clients.forEach(TelemetryClient::close);
        nodes.close();
        redis.close();
    }

    private void connect(int node, TransportKind transport) {
        TelemetryClient client = TelemetryClient.builder()
                .url(nodes.get(node).uri())
                .fallback(Fallback.DEFAULT.withTransports(transport))
                .build();
        clients.add(client);
        ReceivedLog log = new ReceivedLog();
        logs.put(transport + " at node " + node, log);
        client.subscribe(">", SubscribeOptions.from(Since.START), log);
        client.connect();
    }

    private List<CompletableFuture<Position>> publishOnEach() {
        return IntStream.range(0, nodes.all().size())
                .parallel()
                .mapToObj(node -> IntStream.range(0, RECORDS_PER_NODE)
                        .mapToObj(i -> publish(nodes.get(node), TOPICS.get(i % TOPICS.size()), node + "/" + i))
                        .toList())
                .flatMap(List::stream)
                .toList();
    }

    private static CompletableFuture<Position> publish(TelemetryServer server, String topic, String data) {
        return server.publish(topic, data).toCompletableFuture();
    }

    @Test
    void everyClientSeesTheSameRecordsInTheSameOrder() {
        for (int node = 0; node < nodes.all().size(); node++) {
            for (TransportKind transport : TransportKind.values()) {
                connect(node, transport);
            }
        }
        publishOnEach().forEach(StoreRig::get);
        publishOnEach().forEach(StoreRig::get);

        int each = 2 * 3 * RECORDS_PER_NODE / TOPICS.size();
        StoreRig.await()
                .untilAsserted(() -> assertThat(logs)
                        .allSatisfy((name, log) -> assertThat(TOPICS)
                                .allSatisfy(topic -> assertThat(log.size(topic))
                                        .as(name + " " + topic)
                                        .isGreaterThanOrEqualTo(each))));
        ReceivedLog first = logs.values().iterator().next();
        for (String topic : TOPICS) {
            assertThat(ReceivedLog.firstOutOfOrder(first.of(topic))).isZero();
            assertThat(logs)
                    .allSatisfy((name, log) ->
                            assertThat(log.of(topic)).as(name).hasSize(each).isEqualTo(first.of(topic)));
        }
        assertThat(logs).allSatisfy((name, log) -> assertThat(log.complaints).isEmpty());
    }
}
