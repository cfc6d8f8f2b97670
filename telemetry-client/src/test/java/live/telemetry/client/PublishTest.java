package live.telemetry.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.Topic;
import live.telemetry.core.envelope.ClientEnvelope.Publish;
import live.telemetry.core.envelope.ServerEnvelope.Failure;
import live.telemetry.core.envelope.ServerEnvelope.Published;
import live.telemetry.core.json.JsonData;
import org.junit.jupiter.api.Test;

class PublishTest {

    private static final Topic ORDERS = Topic.of("app.orders");

    private final Bench bench = new Bench();

    private static ErrorCode failureOf(CompletableFuture<Position> future) {
        assertThat(future).isCompletedExceptionally();
        return future.handle((position, error) -> ((TelemetryException) error).code())
                .join();
    }

    @Test
    void completesWithThePosition() {
        bench.connected();
        CompletableFuture<Position> future = bench.client.publish("app.orders", "eu", Map.of("n", 1));
        Publish sent = bench.server().last(Publish.class);
        assertThat(sent).isEqualTo(new Publish(sent.id(), ORDERS, "eu", JsonData.parse("{\"n\":1}")));
        assertThat(future).isNotDone();
        bench.server().says(new Published(sent.id(), ORDERS, new Position("e", 9)));
        assertThat(future).isCompletedWithValue(new Position("e", 9));
    }

    @Test
    void waitsForAConnectionInOrder() {
        bench.client.publish("app.orders", 1);
        bench.client.publish("app.orders", 2);
        bench.connected();
        assertThat(bench.server().sent(Publish.class))
                .extracting(p -> p.data().text())
                .containsExactly("1", "2");
    }

    @Test
    void failsWithTheServersCode() {
        bench.connected();
        CompletableFuture<Position> future = bench.client.publish("app.orders", 1);
        Long id = bench.server().last(Publish.class).id();
        bench.server().says(new Failure(id, ErrorCode.FORBIDDEN, "no right to publish"));
        assertThat(failureOf(future)).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(bench.errors).isEmpty();
    }

    @Test
    void isNotRepeatedWhenTheConnectionIsLost() {
        bench.connected();
        CompletableFuture<Position> sent = bench.client.publish("app.orders", 1);
        bench.server().breaks();
        CompletableFuture<Position> waiting = bench.client.publish("app.orders", 2);
        assertThat(failureOf(sent)).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(waiting).isNotDone();
        bench.loop.advance(java.time.Duration.ofSeconds(1));
        bench.server().welcome();
        assertThat(bench.server().sent(Publish.class))
                .extracting(p -> p.data().text())
                .containsExactly("2");
    }

    @Test
    void isBounded() {
        List<CompletableFuture<Position>> futures = new ArrayList<>();
        for (int i = 0; i < ClientLimits.DEFAULT.pendingPublishes(); i++) {
            futures.add(bench.client.publish("app.orders", i));
        }
        assertThat(futures).noneMatch(CompletableFuture::isDone);
        assertThat(failureOf(bench.client.publish("app.orders", "one more"))).isEqualTo(ErrorCode.TOO_MANY_REQUESTS);
        bench.connected();
        Long id = bench.server().last(Publish.class).id();
        bench.server().says(new Published(id, ORDERS, new Position("e", 9)));
        assertThat(bench.client.publish("app.orders", "fits again")).isNotDone();
    }

    @Test
    void isRefusedHereIfTheServerCouldNotTakeIt() {
        bench.client.connect();
        bench.server().welcome(100);
        assertThat(failureOf(bench.client.publish("app.orders", "x".repeat(100))))
                .isEqualTo(ErrorCode.RECORD_TOO_LARGE);
        assertThat(bench.server().sent).isEmpty();
        assertThat(bench.client.publish("app.orders", 1)).isNotDone();
    }

    @Test
    void saysAtOnceWhatIsWrongWithARecord() {
        assertThatExceptionOfType(TelemetryException.class).isThrownBy(() -> bench.client.publish("app.*", 1));
        assertThatExceptionOfType(TelemetryException.class)
                .isThrownBy(() -> bench.client.publish("app.orders", Double.NaN));
        assertThatExceptionOfType(TelemetryException.class).isThrownBy(() -> bench.client.publish("app.orders", "", 1));
    }

    @Test
    void failsWhenTheClientIsClosedOrRefused() {
        bench.connected();
        CompletableFuture<Position> before = bench.client.publish("app.orders", 1);
        bench.server().closes(4403);
        assertThat(failureOf(before)).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(failureOf(bench.client.publish("app.orders", 2))).isEqualTo(ErrorCode.UNAUTHENTICATED);
        bench.client.close();
        assertThat(failureOf(bench.client.publish("app.orders", 3))).isEqualTo(ErrorCode.UNAVAILABLE);
    }
}
