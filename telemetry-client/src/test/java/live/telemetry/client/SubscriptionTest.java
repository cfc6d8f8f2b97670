package live.telemetry.client;

import static live.telemetry.client.Bench.accepted;
import static live.telemetry.client.Bench.at;
import static live.telemetry.client.Bench.data;
import static live.telemetry.client.Bench.expired;
import static live.telemetry.client.Bench.matched;
import static live.telemetry.client.Bench.snapshot;
import static live.telemetry.client.Bench.subscribed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import live.telemetry.client.Bench.Told;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;
import live.telemetry.core.envelope.ClientEnvelope.Unsubscribe;
import live.telemetry.core.envelope.GapReason;
import live.telemetry.core.envelope.Mode;
import live.telemetry.core.envelope.ServerEnvelope.Failure;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import live.telemetry.core.envelope.ServerEnvelope.Unsubscribed;
import live.telemetry.core.envelope.Since;
import org.junit.jupiter.api.Test;

class SubscriptionTest {

    private static final Topic CPU = Topic.of("host.cpu");
    private static final Topic MEM = Topic.of("host.mem");

    private final Bench bench = new Bench();
    private final Told told = new Told();

    private List<Subscribe> subscribes() {
        return bench.server().sent(Subscribe.class);
    }

    // ---- beginning

    @Test
    void subscribesOnceConnected() {
        Subscription subscription = bench.client.subscribe("host.cpu", told);
        bench.connected();
        assertThat(bench.lastSubscribe().pattern()).isEqualTo(TopicPattern.of("host.cpu"));
        assertThat(bench.lastSubscribe().since()).isEqualTo(Since.NOW);
        assertThat(subscription.positions()).isEmpty();
        bench.answer("host.cpu", "e", 41);
        assertThat(subscription.positions()).isEqualTo(Map.of(CPU, at("e", 41)));
        bench.server().says(data("host.cpu", 42), data("host.cpu", 43));
        assertThat(told.all).containsExactly("host.cpu#42", "host.cpu#43");
        assertThat(subscription.positions()).isEqualTo(Map.of(CPU, at("e", 43)));
        assertThat(bench.client.stats().records()).isEqualTo(2);
    }

    @Test
    void passesOptionsOn() {
        bench.connected();
        bench.client.subscribe("host.>", SubscribeOptions.from(Since.last(5)).withMode(Mode.conflated(2)), told);
        assertThat(bench.lastSubscribe().since()).isEqualTo(Since.last(5));
        assertThat(bench.lastSubscribe().mode()).isEqualTo(Mode.conflated(2));
    }

    @Test
    void refusesWhatCannotBeSubscribed() {
        assertThatExceptionOfType(TelemetryException.class)
                .isThrownBy(() -> bench.client.subscribe("host..cpu", told))
                .extracting(TelemetryException::code)
                .isEqualTo(ErrorCode.BAD_TOPIC);
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> bench.client.subscribe("host.*", SubscribeOptions.from(Since.after(at("e", 1))), told));
        bench.client.close();
        assertThatIllegalStateException().isThrownBy(() -> bench.client.subscribe("host.cpu", told));
    }

    // ---- resuming

    @Test
    void topicResumesAfterTheLastRecord() {
        bench.client.subscribe("host.cpu", told);
        bench.connected();
        bench.answer("host.cpu", "e", 41);
        bench.server().says(data("host.cpu", 42));
        bench.reconnected();
        assertThat(bench.lastSubscribe().since()).isEqualTo(Since.after(at("e", 42)));
        bench.answer("host.cpu", "e", 42);
        bench.server().says(data("host.cpu", 43));
        assertThat(told.all).containsExactly("host.cpu#42", "host.cpu#43");
    }

    @Test
    void topicThatWasNotAnsweredBeginsWhereItWanted() {
        bench.client.subscribe("host.cpu", SubscribeOptions.from(Since.last(3)), told);
        bench.connected();
        bench.reconnected();
        assertThat(bench.lastSubscribe().since()).isEqualTo(Since.last(3));
    }

    @Test
    void topicWithoutARecordResumesBeforeItsFirst() {
        bench.client.subscribe("host.cpu", told);
        bench.connected();
        bench.answer("host.cpu", "", 0);
        bench.reconnected();
        assertThat(bench.lastSubscribe().since()).isEqualTo(Since.after(Position.NONE));
        bench.answer("host.cpu", "", 0);
        bench.server().says(subscribed(null, "host.cpu", "e", 0), data("host.cpu", 1));
        assertThat(told.all).containsExactly("host.cpu#1");
    }

    @Test
    void patternResumesWithThePositionOfEachTopic() {
        Subscription subscription = bench.client.subscribe("host.*", told);
        bench.connected();
        bench.server()
                .says(
                        accepted(bench.lastSubscribe().id(), "host.*"),
                        matched("host.*", "host.cpu", "e", 5),
                        data("host.cpu", 6),
                        matched("host.*", "host.mem", "f", 0),
                        data("host.mem", 1),
                        data("host.cpu", 7));
        Map<Topic, Position> positions = Map.of(CPU, at("e", 7), MEM, at("f", 1));
        assertThat(subscription.positions()).isEqualTo(positions);
        bench.reconnected();
        assertThat(bench.lastSubscribe().since()).isEqualTo(new Since.Positions(positions));
    }

    @Test
    void patternKeepsThePositionsThatItsTopicsHaveNotReachedYet() {
        Map<Topic, Position> wanted = Map.of(CPU, at("e", 5), MEM, at("f", 8));
        bench.client.subscribe("host.*", SubscribeOptions.from(new Since.Positions(wanted)), told);
        bench.connected();
        bench.server()
                .says(
                        accepted(bench.lastSubscribe().id(), "host.*"),
                        matched("host.*", "host.cpu", "e", 5),
                        data("host.cpu", 6));
        bench.reconnected();
        assertThat(bench.lastSubscribe().since())
                .isEqualTo(new Since.Positions(Map.of(CPU, at("e", 6), MEM, at("f", 8))));
    }

    @Test
    void everySubscriptionResumesExactOnesFirst() {
        bench.client.subscribe("host.>", told);
        bench.client.subscribe("host.cpu", told);
        bench.client.subscribe("app.*", told);
        bench.connected();
        bench.reconnected();
        assertThat(subscribes()).extracting(s -> s.pattern().text()).containsExactly("host.cpu", "host.>", "app.*");
    }

    // ---- the sequence

    @Test
    void repeatedRecordsAreDroppedAndCounted() {
        bench.client.subscribe("host.cpu", told);
        bench.connected();
        bench.answer("host.cpu", "e", 5);
        bench.server().says(data("host.cpu", 6), data("host.cpu", 6), data("host.cpu", 5), data("host.cpu", 7));
        assertThat(told.all).containsExactly("host.cpu#6", "host.cpu#7");
        assertThat(bench.client.stats().duplicatesDropped()).isEqualTo(2);
    }

    @Test
    void gapIsToldAndMovesThePosition() {
        Subscription subscription = bench.client.subscribe("host.cpu", told);
        bench.connected();
        bench.answer("host.cpu", "e", 41);
        bench.server().says(data("host.cpu", 42), expired("host.cpu", "e", 43, 50), data("host.cpu", 51));
        assertThat(told.all).containsExactly("host.cpu#42", "host.cpu gap 43-50 then e:50", "host.cpu#51");
        assertThat(told.gaps.get(0).size()).isEqualTo(8);
        assertThat(subscription.positions()).containsEntry(CPU, at("e", 51));
        assertThat(bench.client.stats().gaps()).isEqualTo(1);
        assertThat(bench.client.stats().recordsLost()).isEqualTo(8);
    }

    @Test
    void rolledBackGapCountsInThePreviousEpoch() {
        bench.client.subscribe("host.cpu", told);
        bench.connected();
        bench.answer("host.cpu", "e", 50);
        bench.server().says(new Gap(null, CPU, "f", 48, 52, 1, GapReason.ROLLED_BACK, "e"), data("host.cpu", 1));
        assertThat(told.gaps.get(0).epoch()).isEqualTo("e");
        assertThat(told.gaps.get(0).position()).isEqualTo(at("f", 0));
        assertThat(told.all).endsWith("host.cpu#1");
        assertThat(bench.client.stats().recordsLost()).as("51 and 52").isEqualTo(2);
    }

    @Test
    void unaskedNewEpochGoesOnWithoutAGap() {
        bench.client.subscribe("host.cpu", told);
        bench.connected();
        bench.answer("host.cpu", "e", 50);
        bench.server().says(subscribed(null, "host.cpu", "f", 50), data("host.cpu", 51));
        assertThat(told.all).containsExactly("host.cpu#51");
        bench.reconnected();
        assertThat(bench.lastSubscribe().since()).isEqualTo(Since.after(at("f", 51)));
    }

    @Test
    void conflatedNumbersSkip() {
        bench.client.subscribe("host.cpu", SubscribeOptions.DEFAULT.withMode(Mode.conflated(10)), told);
        bench.connected();
        bench.answer("host.cpu", "e", 5);
        bench.server().says(data("host.cpu", 9), data("host.cpu", 30), data("host.cpu", 9));
        assertThat(told.all).containsExactly("host.cpu#9", "host.cpu#30");
        assertThat(subscribes()).hasSize(1);
        bench.reconnected();
        assertThat(bench.lastSubscribe().since()).isEqualTo(Since.after(at("e", 30)));
    }

    // ---- snapshots

    @Test
    void snapshotComesFirstAndTheSequenceAfterIt() {
        bench.client.subscribe("host.cpu", SubscribeOptions.from(Since.SNAPSHOT), told);
        bench.connected();
        bench.server()
                .says(
                        snapshot(bench.lastSubscribe().id(), "host.cpu", "e", 50, 2),
                        data("host.cpu", 7),
                        data("host.cpu", 50),
                        data("host.cpu", 51));
        assertThat(told.all).containsExactly("host.cpu#7", "host.cpu#50", "host.cpu#51");
    }

    @Test
    void snapshotCutOffAndExpiredIsAskedForAnew() {
        bench.client.subscribe("host.cpu", SubscribeOptions.from(Since.SNAPSHOT), told);
        bench.connected();
        bench.server().says(snapshot(bench.lastSubscribe().id(), "host.cpu", "e", 50, 2), data("host.cpu", 7));
        bench.reconnected();
        assertThat(bench.lastSubscribe().since()).isEqualTo(Since.after(at("e", 7)));
        bench.answer("host.cpu", "e", 7);
        bench.server().says(expired("host.cpu", "e", 8, 30));
        assertThat(bench.lastSubscribe().since()).isEqualTo(Since.SNAPSHOT);
        bench.server()
                .says(
                        snapshot(bench.lastSubscribe().id(), "host.cpu", "e", 60, 2),
                        data("host.cpu", 7),
                        data("host.cpu", 60));
        assertThat(told.all).containsExactly("host.cpu#7", "host.cpu#60");
        assertThat(told.gaps).isEmpty();
    }

    @Test
    void snapshotThatNeverBeganIsAskedForAgain() {
        bench.client.subscribe("host.cpu", SubscribeOptions.from(Since.SNAPSHOT), told);
        bench.connected();
        bench.server().says(snapshot(bench.lastSubscribe().id(), "host.cpu", "e", 50, 2));
        bench.reconnected();
        assertThat(bench.lastSubscribe().since()).isEqualTo(Since.SNAPSHOT);
    }

    // ---- ending

    @Test
    void closedSubscriptionIsSilentAndNotResumed() {
        Subscription subscription = bench.client.subscribe("host.cpu", told);
        bench.connected();
        bench.answer("host.cpu", "e", 5);
        subscription.close();
        subscription.close();
        assertThat(bench.server().sent(Unsubscribe.class)).hasSize(1);
        bench.server().says(data("host.cpu", 6));
        assertThat(told.all).isEmpty();
        assertThat(subscription.positions()).isEqualTo(Map.of(CPU, at("e", 5)));
        bench.reconnected();
        assertThat(subscribes()).isEmpty();
    }

    @Test
    void subscriptionClosesInItsListener() {
        AtomicReference<Subscription> subscription = new AtomicReference<>();
        subscription.set(bench.client.subscribe("host.cpu", record -> {
            told.onRecord(record);
            subscription.get().close();
        }));
        bench.connected();
        bench.answer("host.cpu", "e", 5);
        bench.loop.hold();
        bench.server().says(data("host.cpu", 6), data("host.cpu", 7));
        bench.loop.release();
        assertThat(told.all).containsExactly("host.cpu#6");
        assertThat(bench.server().sent(Unsubscribe.class)).hasSize(1);
    }

    @Test
    void clientClosesInAListener() {
        bench.client.subscribe("host.cpu", record -> {
            told.onRecord(record);
            bench.client.close();
        });
        bench.connected();
        bench.answer("host.cpu", "e", 5);
        bench.loop.hold();
        bench.server().says(data("host.cpu", 6), data("host.cpu", 7));
        bench.loop.release();
        assertThat(told.all).containsExactly("host.cpu#6");
        assertThat(bench.client.state()).isEqualTo(ClientState.CLOSED);
    }

    @Test
    void newSubscriptionOfTheSamePatternIsNotGivenWhatIsLateForTheOldOne() {
        Told again = new Told();
        Subscription subscription = bench.client.subscribe("host.*", told);
        bench.connected();
        bench.server().says(accepted(bench.lastSubscribe().id(), "host.*"), matched("host.*", "host.cpu", "e", 5));
        subscription.close();
        bench.client.subscribe("host.*", SubscribeOptions.from(Since.START), again);
        bench.server()
                .says(
                        data("host.cpu", 6),
                        matched("host.*", "host.mem", "f", 3),
                        data("host.mem", 4),
                        accepted(bench.lastSubscribe().id(), "host.*"),
                        matched("host.*", "host.mem", "f", 0),
                        data("host.mem", 1));
        assertThat(told.all).isEmpty();
        assertThat(again.all).containsExactly("host.mem#1");
    }

    @Test
    void refusalEndsTheSubscription() {
        bench.client.subscribe("host.cpu", told);
        bench.connected();
        bench.server().says(new Failure(bench.lastSubscribe().id(), ErrorCode.FORBIDDEN, "not for you"));
        assertThat(told.all).containsExactly("end FORBIDDEN");
        assertThat(told.ends.get(0).message()).isEqualTo("not for you");
        bench.reconnected();
        assertThat(subscribes()).isEmpty();
        bench.client.subscribe("host.cpu", told);
        assertThat(subscribes()).hasSize(1);
    }

    @Test
    void refusalThatIsWorthAnotherTryIsRepeatedLater() {
        bench.client.subscribe("host.cpu", told);
        bench.connected();
        for (long wait : new long[] {250, 500}) {
            int before = subscribes().size();
            bench.server().says(new Failure(bench.lastSubscribe().id(), ErrorCode.UNAVAILABLE, "store away"));
            bench.loop.advance(Duration.ofMillis(wait - 1));
            assertThat(subscribes()).hasSize(before);
            bench.loop.advance(Duration.ofMillis(1));
            assertThat(subscribes()).hasSize(before + 1);
        }
        assertThat(told.all).isEmpty();
    }

    @Test
    void revokedSubscriptionEnds() {
        bench.client.subscribe("host.cpu", told);
        bench.connected();
        bench.answer("host.cpu", "e", 5);
        bench.server().says(new Unsubscribed(null, TopicPattern.of("host.cpu"), Unsubscribed.REVOKED));
        assertThat(told.all).containsExactly("end FORBIDDEN");
    }

    @Test
    void positionsThatTheServerWouldNotTakeAreLeftOutAndNothingIsDeliveredTwice() {
        bench.client.subscribe("host.*", told);
        bench.client.connect();
        bench.server().welcome(128);
        bench.server()
                .says(
                        accepted(bench.lastSubscribe().id(), "host.*"),
                        matched("host.*", "host.cpu", "e", 5),
                        matched("host.*", "host.mem", "e", 5),
                        data("host.cpu", 6),
                        data("host.mem", 6));
        bench.server().breaks();
        bench.loop.advance(Duration.ofSeconds(1));
        bench.server().welcome(128);
        Since.Positions sent = (Since.Positions) bench.lastSubscribe().since();
        assertThat(sent.positions()).hasSize(1);
        Topic named = sent.positions().keySet().iterator().next();
        Topic unnamed = named.equals(CPU) ? MEM : CPU;
        bench.server()
                .says(
                        accepted(bench.lastSubscribe().id(), "host.*"),
                        matched("host.*", named.name(), "e", 6),
                        matched("host.*", unnamed.name(), "e", 4),
                        data(unnamed.name(), 5),
                        data(unnamed.name(), 6),
                        data(unnamed.name(), 7));
        assertThat(told.all).containsExactly("host.cpu#6", "host.mem#6", unnamed + "#7");
    }

    @Test
    void errorsThatAnswerNothingAreToldToTheClientsListener() {
        bench.connected().says(new Failure(null, ErrorCode.TOO_MANY_TOPICS, "host.x is not delivered"));
        assertThat(bench.errors).containsExactly(new ServerError(ErrorCode.TOO_MANY_TOPICS, "host.x is not delivered"));
    }

    // ---- listeners

    @Test
    void listenerThatThrowsGetsTheNextRecord() {
        Subscription subscription = bench.client.subscribe("host.cpu", record -> {
            told.onRecord(record);
            throw new IllegalStateException("thrown by the test");
        });
        bench.connected();
        bench.answer("host.cpu", "e", 5);
        bench.server().says(data("host.cpu", 6), data("host.cpu", 7));
        assertThat(told.all).containsExactly("host.cpu#6", "host.cpu#7");
        assertThat(bench.client.stats().listenerFailures()).isEqualTo(2);
        assertThat(subscription.positions()).containsEntry(CPU, at("e", 7));
    }

    @Test
    void positionsFollowTheListenerAndNotTheSocket() {
        ManualExecutor executor = new ManualExecutor();
        Bench bench = new Bench(() -> "token", executor);
        Subscription subscription = bench.client.subscribe("host.cpu", told);
        bench.connected();
        bench.answer("host.cpu", "e", 5);
        executor.runAll();
        bench.server().says(data("host.cpu", 6), data("host.cpu", 7));
        assertThat(subscription.positions()).containsEntry(CPU, at("e", 5));
        executor.runAll();
        assertThat(subscription.positions()).containsEntry(CPU, at("e", 7));
    }

    @Test
    void slowExecutorStopsTheReadingAndLosesNothing() {
        ManualExecutor executor = new ManualExecutor();
        Bench bench = new Bench(() -> "token", executor);
        bench.client.subscribe("host.cpu", told);
        bench.connected();
        bench.answer("host.cpu", "e", 0);
        int more = 500;
        for (int i = 1; i <= ClientLimits.DEFAULT.waitingCalls() + more; i++) {
            bench.server().says(data("host.cpu", i));
        }
        assertThat(bench.client.stats().records()).isLessThanOrEqualTo(ClientLimits.DEFAULT.waitingCalls());
        executor.runAll();
        assertThat(told.all).hasSize(ClientLimits.DEFAULT.waitingCalls() + more);
        assertThat(told.all.get(told.all.size() - 1))
                .isEqualTo("host.cpu#" + (ClientLimits.DEFAULT.waitingCalls() + more));
    }
}
