package live.telemetry.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import live.telemetry.client.ClientListener;
import live.telemetry.client.ClientState;
import live.telemetry.client.Fallback;
import live.telemetry.client.StateChange;
import live.telemetry.client.SubscribeOptions;
import live.telemetry.client.TelemetryClient;
import live.telemetry.client.transport.TransportKind;
import live.telemetry.core.Position;
import live.telemetry.core.envelope.Since;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Three servers, each a process of its own, and one Redis: what is published on any of them reaches every client of each, whatever
 * carries it.
 */
@ParameterizedClass
@MethodSource("live.telemetry.redis.RedisBinary#all")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class EveryTransportIT {

    private static final List<String> TOPICS = List.of("host.cpu", "app.orders");
    private static final int NODES = 3;
    private static final int RECORDS_PER_CLIENT = 60;

    private final RedisProcess redis;
    private final List<Member> members = new ArrayList<>();
    private List<ServerProcess> servers = List.of();
    private int published;

    /** A client, and what it was told. */
    private record Member(String name, int node, TelemetryClient client, ReceivedLog log) {}

    EveryTransportIT(RedisBinary binary) {
        redis = RedisProcess.volatileOne(binary);
    }

    @BeforeEach
    void connectByEveryTransportToEveryNode() {
        servers = ServerProcess.start(NODES, redis.uri());
        for (int node = 0; node < NODES; node++) {
            for (TransportKind transport : TransportKind.values()) {
                members.add(connect(node, transport));
            }
        }
    }

    @AfterEach
    void close() {
        members.forEach(member -> member.client.close());
        servers.forEach(ServerProcess::close);
        redis.close();
    }

    private Member connect(int node, TransportKind transport) {
        ReceivedLog log = new ReceivedLog();
        TelemetryClient client = TelemetryClient.builder()
                .url(servers.get(node).url())
                .fallback(Fallback.DEFAULT.withTransports(transport))
                .listener(new ClientListener() {
                    @Override
                    public void onStateChange(StateChange change) {
                        if (change.to() == ClientState.WAITING) {
                            log.complaints.add(change);
                        }
                    }
                })
                .build();
        client.subscribe(">", SubscribeOptions.from(Since.START), log);
        client.connect();
        return new Member(transport + " at node " + node, node, client, log);
    }

    /** Each client publishes at its own node, in its own way, while the others do. */
    private List<CompletableFuture<Position>> publishFrom(List<Member> publishers) {
        List<CompletableFuture<Position>> answers = new ArrayList<>();
        for (int i = 0; i < RECORDS_PER_CLIENT; i++) {
            for (Member member : publishers) {
                answers.add(member.client.publish(TOPICS.get(i % TOPICS.size()), member.name + ": " + ++published));
            }
        }
        return answers;
    }

    private List<Member> those(Predicate<Member> wanted) {
        return members.stream().filter(wanted).toList();
    }

    /** The same records under the same numbers, from 1 on, each once; at least so many of each topic. */
    private static void assertAlike(List<Member> readers, int atLeast) {
        StoreRig.await()
                .untilAsserted(() -> assertThat(readers)
                        .allSatisfy(reader -> assertThat(TOPICS)
                                .allSatisfy(topic -> assertThat(reader.log.size(topic))
                                        .as(reader.name + " " + topic)
                                        .isGreaterThanOrEqualTo(atLeast))));
        StoreRig.await()
                .untilAsserted(() -> assertThat(readers)
                        .extracting(reader -> reader.log.total())
                        .containsOnly(readers.get(0).log.total()));
        for (String topic : TOPICS) {
            List<ReceivedLog.Entry> expected = readers.get(0).log.of(topic);
            assertThat(ReceivedLog.firstOutOfOrder(expected)).isZero();
            assertThat(expected).extracting(ReceivedLog.Entry::data).doesNotHaveDuplicates();
            assertThat(readers)
                    .allSatisfy(reader ->
                            assertThat(reader.log.of(topic)).as(reader.name).isEqualTo(expected));
        }
        assertThat(readers)
                .allSatisfy(reader ->
                        assertThat(reader.log.complaints).as(reader.name).isEmpty());
    }

    @Test
    void everyClientSeesTheSameRecordsInTheSameOrder() {
        publishFrom(members).forEach(StoreRig::get);
        publishFrom(members).forEach(StoreRig::get);

        int each = 2 * RECORDS_PER_CLIENT * members.size() / TOPICS.size();
        assertAlike(members, each);
        assertThat(members).allSatisfy(member -> assertThat(member.log.total()).isEqualTo((long) each * TOPICS.size()));
    }

    @Test
    void clientsOfTheOtherNodesDoNotNoticeThatOneIsKilled() {
        List<Member> losers = those(member -> member.node == NODES - 1);
        List<Member> others = those(member -> member.node != NODES - 1);
        publishFrom(members).forEach(StoreRig::get);
        publishFrom(losers);
        List<CompletableFuture<Position>> answers = publishFrom(others);
        servers.get(NODES - 1).kill();
        answers.forEach(StoreRig::get);
        publishFrom(others).forEach(StoreRig::get);

        assertAlike(others, RECORDS_PER_CLIENT * (members.size() + 2 * others.size()) / TOPICS.size());
        ReceivedLog whole = others.get(0).log;
        for (String topic : TOPICS) {
            assertThat(losers)
                    .allSatisfy(loser -> assertThat(whole.of(topic))
                            .startsWith(loser.log.of(topic).toArray(ReceivedLog.Entry[]::new)));
        }
    }
}
