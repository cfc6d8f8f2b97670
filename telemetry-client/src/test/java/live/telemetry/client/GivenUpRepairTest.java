package live.telemetry.client;

import static live.telemetry.client.Bench.accepted;
import static live.telemetry.client.Bench.at;
import static live.telemetry.client.Bench.data;
import static live.telemetry.client.Bench.matched;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import live.telemetry.client.Bench.Told;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Topic;
import live.telemetry.core.envelope.ClientEnvelope.Resync;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;
import live.telemetry.core.envelope.ServerEnvelope.Failure;
import live.telemetry.core.envelope.ServerEnvelope.Resynced;
import live.telemetry.core.envelope.ServerEnvelope.Resyncing;
import live.telemetry.core.envelope.Since;
import org.junit.jupiter.api.Test;

/** What becomes of records, answers and beginnings after a repair that has not helped. */
class GivenUpRepairTest {

    private static final Topic CPU = Topic.of("host.cpu");

    private final Bench bench = new Bench();
    private final Told told = new Told();

    private void live(String epoch, long seq) {
        bench.client.subscribe("host.cpu", told);
        bench.connected();
        bench.answer("host.cpu", epoch, seq);
    }

    private Resync lastResync() {
        return bench.server().last(Resync.class);
    }

    private List<Subscribe> subscribes() {
        return bench.server().sent(Subscribe.class);
    }

    @Test
    void whatIsHeldBackIsNotLostForOthersIfTheRepairIsGivenUp() {
        Told other = new Told();
        live("e", 5);
        bench.client.subscribe("host.*", SubscribeOptions.from(new Since.Positions(Map.of(CPU, at("e", 3)))), other);
        bench.server().says(accepted(bench.lastSubscribe().id(), "host.*"), data("host.cpu", 6), data("host.cpu", 7));
        assertThat(lastResync().from()).as("what the other one misses").isEqualTo(4);
        bench.server().says(new Failure(lastResync().id(), ErrorCode.RANGE_TOO_LARGE, "too much"));
        assertThat(told.all).containsExactly("host.cpu#6", "host.cpu#7");
        assertThat(other.all).isEmpty();
        assertThat(bench.lastSubscribe().since()).isEqualTo(Since.after(at("e", 3)));
    }

    @Test
    void anAnswerThatNobodyWaitsForAnyMoreIsNoLiveRecord() {
        live("e", 5);
        bench.server().says(data("host.cpu", 7));
        Resync late = lastResync();
        bench.loop.advance(Repairs.TIMEOUT);
        bench.answer("host.cpu", "e", 5);
        bench.server()
                .says(new Resyncing(late.id(), CPU, "e", 6, 6), data("host.cpu", 6), new Resynced(late.id(), CPU, 6, 6))
                .says(data("host.cpu", 6), data("host.cpu", 7));
        assertThat(told.all).containsExactly("host.cpu#6", "host.cpu#7");
        assertThat(bench.client.stats().duplicatesDropped()).isZero();
    }

    @Test
    void aBeginningAnewThatNobodyWaitsForAnyMoreIsNotTriedAgain() {
        Subscription closed = bench.client.subscribe("host.*", told);
        bench.connected();
        bench.server()
                .says(
                        accepted(bench.lastSubscribe().id(), "host.*"),
                        matched("host.*", "host.cpu", "e", 5),
                        data("host.cpu", 5_000));
        bench.server().says(new Failure(bench.lastSubscribe().id(), ErrorCode.UNAVAILABLE, "store away"));
        int before = subscribes().size();
        closed.close();
        bench.loop.advance(Duration.ofSeconds(20));
        assertThat(subscribes()).hasSize(before);
        assertThat(bench.client.state()).isEqualTo(ClientState.CONNECTED);
    }
}
