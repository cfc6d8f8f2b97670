package live.telemetry.client;

import static live.telemetry.client.Bench.accepted;
import static live.telemetry.client.Bench.at;
import static live.telemetry.client.Bench.data;
import static live.telemetry.client.Bench.expired;
import static live.telemetry.client.Bench.matched;
import static live.telemetry.client.Bench.subscribed;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import live.telemetry.client.Bench.Told;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ClientEnvelope.Resync;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;
import live.telemetry.core.envelope.ClientEnvelope.Unsubscribe;
import live.telemetry.core.envelope.GapReason;
import live.telemetry.core.envelope.ServerEnvelope.Failure;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import live.telemetry.core.envelope.ServerEnvelope.Resynced;
import live.telemetry.core.envelope.ServerEnvelope.Resyncing;
import live.telemetry.core.envelope.Since;
import org.junit.jupiter.api.Test;

/** What a client does about records that were passed over without a word. */
class RepairTest {

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

    private void beginsAnswer() {
        Resync asked = lastResync();
        bench.server().says(new Resyncing(asked.id(), CPU, asked.epoch(), asked.from(), asked.to()));
    }

    private void endsAnswer(long from, long to) {
        bench.server().says(new Resynced(lastResync().id(), CPU, from, to));
    }

    private void answers(long... numbers) {
        beginsAnswer();
        for (long number : numbers) {
            bench.server().says(data("host.cpu", number));
        }
        endsAnswer(lastResync().from(), lastResync().to());
    }

    private List<Subscribe> subscribes() {
        return bench.server().sent(Subscribe.class);
    }

    @Test
    void missingRecordsAreAskedForAndComeBeforeWhatFollowed() {
        live("e", 5);
        bench.server().says(data("host.cpu", 6), data("host.cpu", 9), data("host.cpu", 10));
        assertThat(lastResync()).isEqualTo(new Resync(lastResync().id(), CPU, "e", 7, 8));
        assertThat(told.all).containsExactly("host.cpu#6");
        answers(7, 8);
        bench.server().says(data("host.cpu", 11));
        assertThat(told.all)
                .containsExactly("host.cpu#6", "host.cpu#7", "host.cpu#8", "host.cpu#9", "host.cpu#10", "host.cpu#11");
        ClientStats stats = bench.client.stats();
        assertThat(stats.repaired()).isEqualTo(2);
        assertThat(stats.resyncs()).isEqualTo(1);
        assertThat(stats.resubscriptions()).isZero();
        assertThat(subscribes()).as("no new subscription").hasSize(1);
    }

    @Test
    void liveRecordsBeforeTheAnswerAreHeldBackAndOtherTopicsAreNot() {
        Told other = new Told();
        bench.client.subscribe("host.mem", other);
        live("e", 5);
        bench.server()
                .says(subscribed(subscribes().get(0).id(), "host.mem", "f", 0))
                .says(data("host.cpu", 8), data("host.mem", 1), data("host.cpu", 9));
        assertThat(other.all).containsExactly("host.mem#1");
        assertThat(told.all).isEmpty();
        answers(6, 7);
        assertThat(told.all).containsExactly("host.cpu#6", "host.cpu#7", "host.cpu#8", "host.cpu#9");
    }

    @Test
    void whatIsHeldBackCanHaveAnotherHole() {
        live("e", 5);
        bench.server().says(data("host.cpu", 7), data("host.cpu", 9));
        answers(6);
        assertThat(lastResync().from()).isEqualTo(8);
        answers(8);
        assertThat(told.all).containsExactly("host.cpu#6", "host.cpu#7", "host.cpu#8", "host.cpu#9");
    }

    @Test
    void whatIsReallyLostIsAGap() {
        live("e", 5);
        bench.server().says(data("host.cpu", 10));
        beginsAnswer();
        bench.server()
                .says(
                        data("host.cpu", 6),
                        new Gap(lastResync().id(), CPU, "e", 7, 8, 9, GapReason.EXPIRED, null),
                        data("host.cpu", 9));
        endsAnswer(6, 9);
        assertThat(told.all).containsExactly("host.cpu#6", "host.cpu gap 7-8 then e:8", "host.cpu#9", "host.cpu#10");
        assertThat(bench.client.stats().recordsLost()).isEqualTo(2);
    }

    @Test
    void anAnswerThatEndsEarlyIsGoneOnWith() {
        live("e", 5);
        bench.server().says(data("host.cpu", 10));
        beginsAnswer();
        bench.server().says(data("host.cpu", 6), data("host.cpu", 7));
        endsAnswer(6, 7);
        assertThat(lastResync()).isEqualTo(new Resync(lastResync().id(), CPU, "e", 8, 9));
        answers(8, 9);
        assertThat(told.all).hasSize(5).endsWith("host.cpu#10");
    }

    @Test
    void aPlaceThatIsPassedOverHoweverOftenItIsBegunAnewIsAGap() {
        live("e", 5);
        bench.server().says(data("host.cpu", 8));
        for (int times = 1; times <= TopicReader.MAX_TIMES_BEGUN_ANEW; times++) {
            beginsAnswer();
            endsAnswer(6, 5);
            assertThat(bench.server().sent(Unsubscribe.class)).hasSize(times);
            assertThat(bench.lastSubscribe().since()).isEqualTo(Since.after(at("e", 5)));
            bench.server().says(data("host.cpu", 9));
            assertThat(told.all).as("not before it begins anew").isEmpty();
            bench.answer("host.cpu", "e", 5);
            bench.server().says(data("host.cpu", 8), data("host.cpu", 9));
            assertThat(told.all).as("not before it has been asked for").isEmpty();
        }
        beginsAnswer();
        endsAnswer(6, 5);
        assertThat(told.all).containsExactly("host.cpu gap 6-7 then e:7", "host.cpu#8", "host.cpu#9");
        assertThat(bench.client.stats().recordsLost()).isEqualTo(2);
        assertThat(bench.client.stats().resubscriptions()).isEqualTo(TopicReader.MAX_TIMES_BEGUN_ANEW);
    }

    @Test
    void aRecordThatIsLostRightAfterBeginningAnewIsAskedForAndNotAGap() {
        live("e", 5);
        bench.server().says(data("host.cpu", 7));
        beginsAnswer();
        endsAnswer(6, 6);
        bench.answer("host.cpu", "e", 5);
        bench.server().says(data("host.cpu", 7));
        answers(6);
        assertThat(told.all).containsExactly("host.cpu#6", "host.cpu#7");
    }

    @Test
    void anAnswerThatDoesNotComeInTimeIsNotWaitedFor() {
        live("e", 5);
        bench.server().says(data("host.cpu", 7));
        bench.loop.advance(TopicStream.REPAIR_TIMEOUT);
        assertThat(bench.lastSubscribe().since()).isEqualTo(Since.after(at("e", 5)));
        bench.answer("host.cpu", "e", 5);
        bench.server().says(data("host.cpu", 6), data("host.cpu", 7));
        answers(6);
        assertThat(told.all).as("the late answer changes nothing").containsExactly("host.cpu#6", "host.cpu#7");
        assertThat(bench.client.state()).isEqualTo(ClientState.CONNECTED);
    }

    @Test
    void whatIsHeldBackIsBounded() {
        live("e", 5);
        for (long seq = 7; seq < 7 + Repair.MAX_HELD; seq++) {
            bench.server().says(data("host.cpu", seq));
        }
        assertThat(subscribes()).hasSize(1);
        bench.server().says(data("host.cpu", 7 + Repair.MAX_HELD));
        assertThat(bench.lastSubscribe().since()).isEqualTo(Since.after(at("e", 5)));
        assertThat(bench.client.stats().heldBackOverflows()).isEqualTo(1);
        bench.answer("host.cpu", "e", 5);
        bench.server().says(data("host.cpu", 6));
        assertThat(told.all).containsExactly("host.cpu#6");
    }

    @Test
    void aRefusedResyncIsFollowedByABeginningAnew() {
        live("e", 5);
        bench.server().says(data("host.cpu", 7));
        bench.server().says(new Failure(lastResync().id(), ErrorCode.RANGE_TOO_LARGE, "too much"));
        assertThat(bench.lastSubscribe().since()).isEqualTo(Since.after(at("e", 5)));
    }

    @Test
    void aLongRangeIsBegunAnewAtOnce() {
        live("e", 5);
        bench.server().says(data("host.cpu", 6 + Repair.MAX_RANGE));
        assertThat(bench.server().sent(Resync.class)).hasSize(1);
        Bench other = new Bench();
        other.client.subscribe("host.cpu", new Told());
        other.connected();
        other.answer("host.cpu", "e", 5);
        other.server().says(data("host.cpu", 7 + Repair.MAX_RANGE));
        assertThat(other.server().sent(Resync.class)).isEmpty();
        assertThat(other.lastSubscribe().since()).isEqualTo(Since.after(at("e", 5)));
    }

    @Test
    void anAnswerThatPassesRecordsOverIsRepairedToo() {
        live("e", 5);
        bench.reconnected();
        bench.answer("host.cpu", "e", 9);
        assertThat(lastResync()).isEqualTo(new Resync(lastResync().id(), CPU, "e", 6, 9));
        answers(6, 7, 8, 9);
        bench.server().says(data("host.cpu", 10));
        assertThat(told.all).hasSize(5).endsWith("host.cpu#10");
    }

    @Test
    void aGapThatBeginsTooLateIsHeldBackToo() {
        live("e", 5);
        bench.server().says(expired("host.cpu", "e", 8, 20), data("host.cpu", 21));
        assertThat(lastResync().from()).isEqualTo(6);
        assertThat(lastResync().to()).isEqualTo(7);
        answers(6, 7);
        assertThat(told.all).containsExactly("host.cpu#6", "host.cpu#7", "host.cpu gap 8-20 then e:20", "host.cpu#21");
    }

    @Test
    void anEpochThatEndsMeanwhileEndsTheRepair() {
        live("e", 5);
        bench.server().says(data("host.cpu", 8));
        beginsAnswer();
        Resync asked = lastResync();
        bench.server().says(new Gap(asked.id(), CPU, "e", 6, 7, 8, GapReason.EPOCH_CHANGED, null));
        assertThat(bench.lastSubscribe().since()).isEqualTo(Since.after(at("e", 5)));
        bench.answer("host.cpu", "e", 5);
        bench.server().says(new Gap(null, CPU, "f", 1, 3, 4, GapReason.EPOCH_CHANGED, null), data("host.cpu", 4));
        assertThat(told.all).containsExactly("host.cpu gap 1-3 then f:3", "host.cpu#4");
    }

    @Test
    void theTopicOfAPatternIsBegunAnewByItself() {
        bench.client.subscribe("host.*", told);
        bench.connected();
        bench.server()
                .says(
                        accepted(bench.lastSubscribe().id(), "host.*"),
                        matched("host.*", "host.cpu", "e", 5),
                        matched("host.*", "host.mem", "f", 2),
                        data("host.cpu", 2_000),
                        data("host.mem", 3));
        assertThat(bench.lastSubscribe().pattern()).isEqualTo(TopicPattern.of(CPU));
        assertThat(bench.lastSubscribe().since()).isEqualTo(Since.after(at("e", 5)));
        assertThat(bench.server().sent(Unsubscribe.class))
                .as("once it is answered")
                .isEmpty();
        bench.answer("host.cpu", "e", 5);
        assertThat(bench.server().last(Unsubscribe.class).pattern()).isEqualTo(TopicPattern.of(CPU));
        bench.server()
                .says(
                        data("host.cpu", 6),
                        matched("host.*", "host.cpu", "e", 6),
                        data("host.cpu", 7),
                        data("host.mem", 4));
        assertThat(told.all).containsExactly("host.mem#3", "host.cpu#6", "host.cpu#7", "host.mem#4");
    }

    @Test
    void aPlaceThatCannotBeBegunAnewIsPassedOverAndTold() {
        live("e", 5);
        bench.client.subscribe("host.*", told);
        bench.server().says(accepted(bench.lastSubscribe().id(), "host.*"));
        bench.server().says(data("host.cpu", 5_000));
        bench.server().says(new Failure(bench.lastSubscribe().id(), ErrorCode.FORBIDDEN, "no more"));
        bench.server().says(matched("host.*", "host.cpu", "e", 5_000), data("host.cpu", 5_001));
        assertThat(told.all).contains("end FORBIDDEN").endsWith("host.cpu gap 6-5000 then e:5000", "host.cpu#5001");
    }

    @Test
    void theNextConnectionResumesBeforeWhatWasHeldBack() {
        live("e", 5);
        bench.server().says(data("host.cpu", 7), data("host.cpu", 8));
        bench.reconnected();
        assertThat(bench.lastSubscribe().since()).isEqualTo(Since.after(at("e", 5)));
        bench.loop.advance(Duration.ofSeconds(9));
        bench.answer("host.cpu", "e", 5);
        bench.server().says(data("host.cpu", 6), data("host.cpu", 7), data("host.cpu", 8));
        assertThat(told.all).containsExactly("host.cpu#6", "host.cpu#7", "host.cpu#8");
    }

    @Test
    void aReaderThatJoinsDuringARepairTakesPartInIt() {
        Told pattern = new Told();
        bench.client.subscribe("host.cpu", told);
        bench.client.subscribe("host.*", pattern);
        bench.connected();
        bench.server().says(subscribed(subscribes().get(0).id(), "host.cpu", "e", 5));
        bench.server().says(accepted(bench.lastSubscribe().id(), "host.*"));
        bench.reconnected();
        bench.server().says(subscribed(subscribes().get(0).id(), "host.cpu", "e", 5));
        bench.server().says(data("host.cpu", 7));
        bench.server().says(accepted(bench.lastSubscribe().id(), "host.*"));
        answers(6, 7);
        assertThat(told.all).containsExactly("host.cpu#6", "host.cpu#7");
        assertThat(pattern.all).containsExactly("host.cpu#6", "host.cpu#7");
    }
}
