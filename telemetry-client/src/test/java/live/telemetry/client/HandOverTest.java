package live.telemetry.client;

import static live.telemetry.client.Bench.accepted;
import static live.telemetry.client.Bench.at;
import static live.telemetry.client.Bench.data;
import static live.telemetry.client.Bench.expired;
import static live.telemetry.client.Bench.matched;
import static live.telemetry.client.Bench.snapshot;
import static live.telemetry.client.Bench.subscribed;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import live.telemetry.client.Bench.Told;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ClientEnvelope.Resync;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;
import live.telemetry.core.envelope.ClientEnvelope.Unsubscribe;
import live.telemetry.core.envelope.GapReason;
import live.telemetry.core.envelope.Mode;
import live.telemetry.core.envelope.ServerEnvelope.Failure;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import live.telemetry.core.envelope.ServerEnvelope.Subscribed;
import live.telemetry.core.envelope.ServerEnvelope.Unsubscribed;
import live.telemetry.core.envelope.Since;
import org.junit.jupiter.api.Test;

/** A topic's cursor that stands where somebody else wanted it, and what a subscription is owed all the same. */
class HandOverTest {

    private static final Topic CPU = Topic.of("host.cpu");

    private final Bench bench = new Bench();
    private final Told first = new Told();
    private final Told second = new Told();

    private List<Subscribe> subscribes() {
        return bench.server().sent(Subscribe.class);
    }

    private static SubscribeOptions after(String epoch, long seq) {
        return SubscribeOptions.from(Since.after(at(epoch, seq)));
    }

    @Test
    void twoPatternsThatWantHistoryBothBeginATopicAnew() {
        bench.client.subscribe("host.cpu", new Told());
        bench.connected();
        bench.client.subscribe("host.*", SubscribeOptions.from(Since.START), first);
        bench.client.subscribe("*.cpu", SubscribeOptions.from(Since.START), second);
        bench.server()
                .says(
                        accepted(subscribes().get(1).id(), "host.*"),
                        accepted(subscribes().get(2).id(), "*.cpu"))
                .says(subscribed(subscribes().get(0).id(), "host.cpu", "e", 8));
        for (int answers = 0; answers < 2; answers++) {
            assertThat(bench.lastSubscribe().since()).isEqualTo(Since.START);
            Long id = bench.lastSubscribe().id();
            bench.server().says(new Subscribed(id, CPU, null, at("e", 0), 8, true, null));
        }
        bench.server().says(data("host.cpu", 1));
        assertThat(first.all).containsExactly("host.cpu#1");
        assertThat(second.all).containsExactly("host.cpu#1");
    }

    @Test
    void aCursorThatIsHandedOverIsNotWhereThePatternWantedToBegin() {
        Subscription exact = bench.client.subscribe("host.cpu", first);
        bench.connected();
        bench.client.subscribe("host.*", SubscribeOptions.from(Since.START), second);
        exact.close();
        assertThat(bench.server().sent(Unsubscribe.class))
                .as("not before its place is known")
                .isEmpty();
        bench.server()
                .says(subscribed(subscribes().get(0).id(), "host.cpu", "e", 8))
                .says(accepted(subscribes().get(1).id(), "host.*"))
                .says(matched("host.*", "host.cpu", "e", 8));
        assertThat(bench.lastSubscribe().pattern()).isEqualTo(TopicPattern.of(CPU));
        assertThat(bench.lastSubscribe().since()).isEqualTo(Since.START);
        bench.answer("host.cpu", "e", 0);
        bench.server().says(data("host.cpu", 1));
        assertThat(second.all).containsExactly("host.cpu#1");
    }

    @Test
    void whatLiesBetweenAStoredPositionAndAHandedOverCursorIsAskedFor() {
        bench.connected();
        Since stored = new Since.Positions(Map.of(CPU, at("e", 3)));
        bench.client.subscribe("host.*", SubscribeOptions.from(stored), first);
        bench.server().says(accepted(bench.lastSubscribe().id(), "host.*")).says(matched("host.*", "host.cpu", "e", 8));
        assertThat(bench.server().last(Resync.class).from()).isEqualTo(4);
        assertThat(bench.server().last(Resync.class).to()).isEqualTo(8);
    }

    @Test
    void oneThatIsFurtherOnThanWhatWasAskedForAsksForItselfInANewEpoch() {
        bench.client.subscribe("host.cpu", after("e", 8), first);
        bench.connected();
        bench.answer("host.cpu", "e", 8);
        bench.client.subscribe("host.cpu", after("e", 3), second);
        Long resync = bench.server().last(Resync.class).id();
        bench.server().says(new Failure(resync, ErrorCode.RANGE_TOO_LARGE, "too much"));
        bench.answer("host.cpu", "f", 3);
        assertThat(bench.lastSubscribe().since())
                .as("nobody has said that 8 is part of the new epoch")
                .isEqualTo(Since.after(at("e", 8)));
        bench.server().says(new Subscribed(bench.lastSubscribe().id(), CPU, null, at("e", 8), 9, false, null));
        bench.server().says(new Gap(null, CPU, "f", 6, 8, 6, GapReason.ROLLED_BACK, "e"));
        assertThat(first.all).containsExactly("host.cpu gap 6-8 then f:5");
    }

    @Test
    void aNewEpochWhoseBeginningHasExpiredIsNoLostHistory() {
        bench.client.subscribe("host.cpu", first);
        bench.connected();
        bench.answer("host.cpu", "e", 5);
        bench.server()
                .says(new Subscribed(null, CPU, null, at("f", 5), 9, false, null))
                .says(expired("host.cpu", "f", 6, 7), data("host.cpu", 8));
        assertThat(first.all).containsExactly("host.cpu gap 6-7 then f:7", "host.cpu#8");
        assertThat(subscribes()).hasSize(1);
    }

    @Test
    void oneBehindIsNotPassedOverByTheGapOfAnother() {
        bench.client.subscribe("host.cpu", first);
        bench.connected();
        bench.answer("host.cpu", "", 0);
        bench.client.subscribe("host.cpu", after("d", 7), second);
        bench.server().says(new Subscribed(bench.lastSubscribe().id(), CPU, null, at("d", 7), 9, false, null));
        bench.server().says(new Gap(null, CPU, "e", 5, 7, 5, GapReason.ROLLED_BACK, "d"));
        assertThat(second.all).containsExactly("host.cpu gap 5-7 then e:4");
        assertThat(first.all).isEmpty();
        assertThat(bench.lastSubscribe().since()).as("from the first record on").isEqualTo(Since.after(at("", 0)));
    }

    @Test
    void theSnapshotOfAnotherIsNoReasonToSkip() {
        SubscribeOptions conflated = SubscribeOptions.DEFAULT.withMode(Mode.conflated(1));
        bench.client.subscribe("host.cpu", conflated, first);
        bench.connected();
        bench.answer("host.cpu", "e", 5);
        bench.client.subscribe("host.cpu", SubscribeOptions.from(Since.SNAPSHOT), second);
        bench.answer("host.cpu", "e", 5);
        bench.server().says(snapshot(bench.lastSubscribe().id(), "host.cpu", "e", 8, 1));
        assertThat(bench.server().last(Resync.class).from()).isEqualTo(6);
    }

    @Test
    void oneThatTakesOverACursorInsideASnapshotGetsNoneOfIt() {
        bench.client.subscribe("host.cpu", first);
        bench.connected();
        bench.server()
                .says(snapshot(bench.lastSubscribe().id(), "host.cpu", "e", 8, 2))
                .says(data("host.cpu", 3), data("host.cpu", 8), data("host.cpu", 9));
        assertThat(first.all).containsExactly("host.cpu#9");
    }

    @Test
    void aPositionAboveTheHeadIsAskedAboutEvenIfTheTopicIsThereAlready() {
        bench.client.subscribe("host.*", first);
        bench.connected();
        bench.server().says(accepted(bench.lastSubscribe().id(), "host.*"), matched("host.*", "host.cpu", "e", 5));
        bench.client.subscribe("*.cpu", SubscribeOptions.from(new Since.Positions(Map.of(CPU, at("e", 9)))), second);
        bench.server().says(accepted(bench.lastSubscribe().id(), "*.cpu"));
        assertThat(bench.lastSubscribe().pattern()).isEqualTo(TopicPattern.of(CPU));
        assertThat(bench.lastSubscribe().since()).isEqualTo(Since.after(at("e", 9)));
    }

    @Test
    void aPositionAboveTheHeadIsNotTakenForRecordsThatAreMissing() {
        Since stored = new Since.Positions(Map.of(CPU, at("e", 9)));
        bench.client.subscribe("host.*", SubscribeOptions.from(stored), first);
        bench.connected();
        bench.server().says(accepted(bench.lastSubscribe().id(), "host.*"));
        bench.client.subscribe("host.*", SubscribeOptions.from(new Since.Positions(Map.of(CPU, at("e", 7)))), second);
        TopicPattern pattern = TopicPattern.of("host.*");
        bench.server()
                .says(new Subscribed(null, CPU, pattern, at("e", 9), 9, false, null))
                .says(new Gap(null, CPU, "e", 8, 9, 8, GapReason.ROLLED_BACK, "e"))
                .says(data("host.cpu", 8));
        assertThat(bench.server().sent(Resync.class)).isEmpty();
        assertThat(first.all).containsExactly("host.cpu gap 8-9 then e:7", "host.cpu#8");
        assertThat(second.all).containsExactly("host.cpu#8");
    }

    // ---- rights

    @Test
    void aTopicThatIsRevokedAndComesBackGoesOnWhereItWas() {
        bench.client.subscribe("host.*", first);
        bench.connected();
        bench.server()
                .says(accepted(bench.lastSubscribe().id(), "host.*"), matched("host.*", "host.cpu", "e", 5))
                .says(data("host.cpu", 6))
                .says(new Unsubscribed(null, TopicPattern.of(CPU), Unsubscribed.REVOKED));
        bench.reconnected();
        assertThat(bench.lastSubscribe().since()).isEqualTo(new Since.Positions(Map.of(CPU, at("e", 6))));
        bench.server()
                .says(accepted(bench.lastSubscribe().id(), "host.*"), matched("host.*", "host.cpu", "e", 6))
                .says(data("host.cpu", 7));
        assertThat(first.all).containsExactly("host.cpu#6", "host.cpu#7");
    }

    @Test
    void theRevocationOfAnEarlierSubscriptionDoesNotEndTheOneUnderWay() {
        Subscription closed = bench.client.subscribe("host.cpu", first);
        bench.connected();
        bench.answer("host.cpu", "e", 5);
        closed.close();
        bench.client.subscribe("host.cpu", second);
        bench.server().says(new Unsubscribed(null, TopicPattern.of(CPU), Unsubscribed.REVOKED));
        bench.answer("host.cpu", "e", 5);
        bench.server().says(data("host.cpu", 6));
        assertThat(second.all).containsExactly("host.cpu#6");
    }
}
