package live.telemetry.client;

import static live.telemetry.client.Bench.accepted;
import static live.telemetry.client.Bench.at;
import static live.telemetry.client.Bench.data;
import static live.telemetry.client.Bench.matched;
import static live.telemetry.client.Bench.snapshot;
import static live.telemetry.client.Bench.subscribed;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import live.telemetry.client.Bench.Told;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ClientEnvelope.Resync;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;
import live.telemetry.core.envelope.ClientEnvelope.Unsubscribe;
import live.telemetry.core.envelope.GapReason;
import live.telemetry.core.envelope.Mode;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import live.telemetry.core.envelope.ServerEnvelope.Resynced;
import live.telemetry.core.envelope.ServerEnvelope.Resyncing;
import live.telemetry.core.envelope.ServerEnvelope.Unsubscribed;
import live.telemetry.core.envelope.Since;
import org.junit.jupiter.api.Test;

/** Several subscriptions that match the same topic, which the server delivers once. */
class SharingTest {

    private static final Topic CPU = Topic.of("host.cpu");

    private final Bench bench = new Bench();
    private final Told first = new Told();
    private final Told second = new Told();

    private List<Subscribe> subscribes() {
        return bench.server().sent(Subscribe.class);
    }

    private void firstIsLive() {
        bench.client.subscribe("host.cpu", first);
        bench.connected();
        bench.answer("host.cpu", "e", 5);
    }

    // ---- the same text

    @Test
    void twoSubscriptionsOfATopicAreOneOnTheWire() {
        firstIsLive();
        Subscription joined = bench.client.subscribe("host.cpu", second);
        assertThat(subscribes()).hasSize(1);
        assertThat(joined.state()).isEqualTo(SubscriptionState.LIVE);
        assertThat(joined.positions()).isEqualTo(Map.of(CPU, at("e", 5)));
        bench.server().says(data("host.cpu", 6));
        assertThat(first.all).containsExactly("host.cpu#6");
        assertThat(second.all).containsExactly("host.cpu#6");
        assertThat(bench.client.stats().records()).isEqualTo(2);
    }

    @Test
    void onlyTheLastOneThatClosesEndsItOnTheWire() {
        bench.client.subscribe("host.cpu", second);
        Subscription closed = bench.client.subscribe("host.cpu", first);
        bench.connected();
        bench.answer("host.cpu", "e", 5);
        closed.close();
        assertThat(closed.state()).isEqualTo(SubscriptionState.CLOSED);
        assertThat(bench.server().sent(Unsubscribe.class)).isEmpty();
        bench.server().says(data("host.cpu", 6));
        assertThat(first.all).isEmpty();
        assertThat(second.all).containsExactly("host.cpu#6");
    }

    @Test
    void oneThatWantsHistoryBringsItAgainAndTheOtherDropsIt() {
        firstIsLive();
        bench.server().says(data("host.cpu", 6));
        bench.client.subscribe("host.cpu", SubscribeOptions.from(Since.last(3)), second);
        assertThat(bench.server().sent(Unsubscribe.class)).hasSize(1);
        assertThat(bench.lastSubscribe().since()).isEqualTo(Since.last(3));
        bench.server().says(data("host.cpu", 7));
        bench.answer("host.cpu", "e", 4);
        bench.server().says(data("host.cpu", 5), data("host.cpu", 6), data("host.cpu", 7), data("host.cpu", 8));
        assertThat(first.all).containsExactly("host.cpu#6", "host.cpu#7", "host.cpu#8");
        assertThat(second.all).containsExactly("host.cpu#5", "host.cpu#6", "host.cpu#7", "host.cpu#8");
        assertThat(bench.client.stats().resyncs()).isZero();
    }

    @Test
    void oneThatWantsASnapshotGetsItAndTheOtherMissesNothing() {
        firstIsLive();
        bench.client.subscribe("host.cpu", SubscribeOptions.from(Since.SNAPSHOT), second);
        bench.server().says(snapshot(bench.lastSubscribe().id(), "host.cpu", "e", 8, 2));
        Resync asked = bench.server().last(Resync.class);
        assertThat(asked.from()).as("what the first one has not got").isEqualTo(6);
        assertThat(asked.to()).isEqualTo(8);
        bench.server()
                .says(data("host.cpu", 2), data("host.cpu", 8))
                .says(
                        new Resyncing(asked.id(), CPU, "e", 6, 8),
                        data("host.cpu", 6),
                        data("host.cpu", 7),
                        data("host.cpu", 8),
                        new Resynced(asked.id(), CPU, 6, 8))
                .says(data("host.cpu", 9));
        assertThat(second.all).containsExactly("host.cpu#2", "host.cpu#8", "host.cpu#9");
        assertThat(first.all).containsExactly("host.cpu#6", "host.cpu#7", "host.cpu#8", "host.cpu#9");
    }

    @Test
    void bothResumeTogetherAtTheLowerPlace() {
        firstIsLive();
        bench.client.subscribe("host.cpu", second);
        bench.server().says(data("host.cpu", 6));
        bench.reconnected();
        assertThat(subscribes()).hasSize(1);
        assertThat(bench.lastSubscribe().since()).isEqualTo(Since.after(at("e", 6)));
        bench.answer("host.cpu", "e", 6);
        bench.server().says(data("host.cpu", 7));
        assertThat(first.all).containsExactly("host.cpu#6", "host.cpu#7");
        assertThat(second.all).containsExactly("host.cpu#6", "host.cpu#7");
    }

    @Test
    void oneThatResumesInAnOldEpochHidesNothingFromTheOther() {
        bench.client.subscribe("host.cpu", first);
        bench.connected();
        bench.answer("host.cpu", "f", 9);
        bench.client.subscribe("host.cpu", SubscribeOptions.from(Since.after(at("e", 3))), second);
        bench.answer("host.cpu", "e", 3);
        bench.server()
                .says(new Gap(null, CPU, "f", 1, 7, 8, GapReason.EPOCH_CHANGED, null))
                .says(data("host.cpu", 8), data("host.cpu", 9), data("host.cpu", 10));
        assertThat(first.all).containsExactly("host.cpu#10");
        assertThat(second.all).containsExactly("host.cpu gap 1-7 then f:7", "host.cpu#8", "host.cpu#9", "host.cpu#10");
    }

    @Test
    void refusalEndsAllOfThem() {
        firstIsLive();
        bench.client.subscribe("host.cpu", second);
        bench.server().says(new Unsubscribed(null, TopicPattern.of(CPU), "revoked"));
        assertThat(first.all).containsExactly("end FORBIDDEN");
        assertThat(second.all).containsExactly("end FORBIDDEN");
    }

    // ---- overlap

    @Test
    void patternAndTopicBothSeeTheTopic() {
        bench.client.subscribe("host.*", second);
        bench.connected();
        bench.server()
                .says(
                        accepted(bench.lastSubscribe().id(), "host.*"),
                        matched("host.*", "host.cpu", "e", 5),
                        data("host.cpu", 6));
        Subscription exact = bench.client.subscribe("host.cpu", first);
        bench.server().says(data("host.cpu", 7));
        bench.answer("host.cpu", "e", 7);
        bench.server().says(data("host.cpu", 8));
        exact.close();
        bench.server()
                .says(data("host.cpu", 9))
                .says(new Unsubscribed(3L, TopicPattern.of(CPU), null))
                .says(matched("host.*", "host.cpu", "e", 9))
                .says(data("host.cpu", 10));
        assertThat(first.all).containsExactly("host.cpu#8");
        assertThat(second.all).containsExactly("host.cpu#6", "host.cpu#7", "host.cpu#8", "host.cpu#9", "host.cpu#10");
        assertThat(subscribes()).hasSize(2);
    }

    @Test
    void patternThatComesLaterGoesOnWithTheTopicFromHere() {
        firstIsLive();
        bench.client.subscribe("host.*", second);
        bench.server().says(accepted(bench.lastSubscribe().id(), "host.*"), data("host.cpu", 6));
        assertThat(first.all).containsExactly("host.cpu#6");
        assertThat(second.all).containsExactly("host.cpu#6");
    }

    @Test
    void patternThatWantsHistoryBringsItForTheTopicThatIsThereAlready() {
        firstIsLive();
        bench.client.subscribe("host.*", SubscribeOptions.from(Since.START), second);
        bench.server().says(accepted(bench.lastSubscribe().id(), "host.*"));
        assertThat(bench.lastSubscribe().pattern()).isEqualTo(TopicPattern.of(CPU));
        assertThat(bench.lastSubscribe().since()).isEqualTo(Since.START);
        bench.answer("host.cpu", "e", 3);
        bench.server().says(data("host.cpu", 4), data("host.cpu", 5), data("host.cpu", 6));
        assertThat(first.all).containsExactly("host.cpu#6");
        assertThat(second.all).containsExactly("host.cpu#4", "host.cpu#5", "host.cpu#6");
    }

    @Test
    void twoPatternsSeeATopicThatIsBornLater() {
        bench.client.subscribe("host.*", first);
        bench.client.subscribe("*.cpu", second);
        bench.connected();
        bench.server()
                .says(accepted(subscribes().get(0).id(), "host.*"))
                .says(accepted(subscribes().get(1).id(), "*.cpu"))
                .says(matched("host.*", "host.cpu", "e", 0))
                .says(data("host.cpu", 1));
        assertThat(first.all).containsExactly("host.cpu#1");
        assertThat(second.all).containsExactly("host.cpu#1");
        assertThat(subscribes()).hasSize(2);
    }

    @Test
    void afterAReconnectEachGoesOnWhereItWas() {
        firstIsLive();
        bench.client.subscribe("host.*", second);
        bench.server().says(accepted(bench.lastSubscribe().id(), "host.*"), data("host.cpu", 6));
        bench.reconnected();
        bench.server()
                .says(subscribed(subscribes().get(0).id(), "host.cpu", "e", 6))
                .says(data("host.cpu", 7))
                .says(accepted(subscribes().get(1).id(), "host.*"))
                .says(data("host.cpu", 8));
        Resync asked = bench.server().last(Resync.class);
        assertThat(asked.from()).as("came before the pattern was live").isEqualTo(7);
        bench.server()
                .says(new Resyncing(asked.id(), CPU, "e", 7, 7), data("host.cpu", 7))
                .says(new Resynced(asked.id(), CPU, 7, 7));
        assertThat(first.all).containsExactly("host.cpu#6", "host.cpu#7", "host.cpu#8");
        assertThat(second.all).containsExactly("host.cpu#6", "host.cpu#7", "host.cpu#8");
    }

    // ---- modes

    @Test
    void aTopicIsInFullOnTheWireAsLongAsOneWantsEveryRecord() {
        bench.client.subscribe("host.*", new SubscribeOptions(Since.NOW, Mode.conflated(2)), second);
        bench.connected();
        assertThat(bench.lastSubscribe().mode()).isEqualTo(Mode.conflated(2));
        bench.server()
                .says(
                        accepted(bench.lastSubscribe().id(), "host.*"),
                        matched("host.*", "host.cpu", "e", 5),
                        data("host.cpu", 9));
        Subscription full = bench.client.subscribe("host.cpu", first);
        assertThat(subscribes())
                .extracting(s -> s.pattern().text() + " " + s.mode().getClass().getSimpleName())
                .containsExactly("host.* Conflated", "host.* All", "host.cpu All");
        assertThat(subscribes().get(1).since()).isEqualTo(new Since.Positions(Map.of(CPU, at("e", 9))));
        full.close();
        bench.server().says(accepted(subscribes().get(1).id(), "host.*"));
        assertThat(bench.lastSubscribe().mode()).isEqualTo(Mode.conflated(2));
    }
}
