package live.telemetry.server.node;

import static live.telemetry.server.node.HandDrivenBroadcaster.TOPIC;
import static live.telemetry.server.node.HandDrivenBroadcaster.records;
import static live.telemetry.server.node.HandDrivenBroadcaster.unavailable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import live.telemetry.core.History.Continuity;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.server.log.FrameRun;
import org.junit.jupiter.api.Test;

class HistoryPagesTest {

    private static final Position HEAD = new Position("a", 9);
    private static final Position AFTER = new Position("a", 2);

    private final HandDrivenBroadcaster broadcaster = new HandDrivenBroadcaster();
    private final HistoryPages pages = new HistoryPages(broadcaster, LogReading.FRAMING);

    @Test
    void pageHasTheEncodedRecords() {
        CompletionStage<HistoryPage> page = pages.read(TOPIC, AFTER);
        broadcaster.answer("a", 2, Continuity.EXPIRED, HEAD, 5, 7);

        HistoryPage found = page.toCompletableFuture().join();
        assertThat(found.continuity()).isEqualTo(Continuity.EXPIRED);
        assertThat(found.head()).isEqualTo(HEAD);
        assertThat(found.next()).isEqualTo(5);
        FrameRun run = found.run();
        assertThat(run).isNotNull();
        assertThat(run.firstSeq()).isEqualTo(5);
        assertThat(run.lastSeq()).isEqualTo(7);
        List<String> texts = new ArrayList<>();
        for (TelemetryRecord record : records(5, 7)) {
            texts.add(LogReading.text(run, record.seq()));
        }
        assertThat(texts).isEqualTo(LogReading.texts(records(5, 7)));
    }

    @Test
    void pageWithoutRecordsHasNoRun() {
        CompletionStage<HistoryPage> page = pages.read(TOPIC, AFTER);
        broadcaster.answer("a", 2, Continuity.CONTINUES, HEAD, 3, 2);

        assertThat(page.toCompletableFuture().join().run()).isNull();
    }

    @Test
    void whoeverAsksForTheSameWhileItIsReadGetsTheSame() {
        List<CompletionStage<HistoryPage>> readers = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            readers.add(pages.read(TOPIC, AFTER));
        }

        assertThat(broadcaster.asked).isEqualTo(1);
        broadcaster.answer("a", 2, Continuity.CONTINUES, HEAD, 3, 4);
        HistoryPage first = readers.get(0).toCompletableFuture().join();
        assertThat(readers)
                .allSatisfy(reader ->
                        assertThat(reader.toCompletableFuture().join()).isSameAs(first));
    }

    @Test
    void otherPositionsAndLaterQuestionsAreAskedAnew() {
        pages.read(TOPIC, AFTER);
        broadcaster.answer("a", 2, Continuity.CONTINUES, HEAD, 3, 4);
        pages.read(TOPIC, AFTER);
        pages.read(TOPIC, new Position("a", 1));
        pages.read(TOPIC, new Position("a", 2 + Node.HISTORY_PAGE));
        pages.read(TOPIC, new Position("b", 2));

        assertThat(broadcaster.asked).isEqualTo(5);
    }

    @Test
    void whoeverStandsWithinAPageThatIsBeingReadGoesOnFromThere() {
        CompletionStage<HistoryPage> first = pages.read(TOPIC, AFTER);
        CompletionStage<HistoryPage> within = pages.read(TOPIC, new Position("a", 6));
        assertThat(broadcaster.asked).isEqualTo(1);

        broadcaster.answer("a", 2, Continuity.EXPIRED, HEAD, 5, 7);

        HistoryPage found = within.toCompletableFuture().join();
        assertThat(found.continuity()).isEqualTo(Continuity.CONTINUES);
        assertThat(found.head()).isEqualTo(HEAD);
        assertThat(found.next()).isEqualTo(7);
        assertThat(found.run()).isSameAs(first.toCompletableFuture().join().run());
    }

    @Test
    void whomThePageDoesNotReachAsksThen() {
        pages.read(TOPIC, AFTER);
        CompletionStage<HistoryPage> behind = pages.read(TOPIC, new Position("a", 7));
        CompletionStage<HistoryPage> same = pages.read(TOPIC, new Position("a", 7));
        broadcaster.answer("a", 2, Continuity.CONTINUES, HEAD, 3, 7);
        assertThat(broadcaster.asked).isEqualTo(2);
        broadcaster.answer("a", 7, Continuity.CONTINUES, HEAD, 8, 9);

        assertThat(behind.toCompletableFuture().join().next()).isEqualTo(8);
        assertThat(same.toCompletableFuture().join())
                .isSameAs(behind.toCompletableFuture().join());
    }

    @Test
    void pageOfAnotherEpochIsNoAnswerToWhoStandsWithinItsNumbers() {
        pages.read(TOPIC, AFTER);
        CompletionStage<HistoryPage> within = pages.read(TOPIC, new Position("a", 4));
        broadcaster.answer("a", 2, Continuity.CONTINUES, new Position("b", 9), 3, 7);
        assertThat(within.toCompletableFuture()).isNotDone();
        broadcaster.answer("a", 4, Continuity.ROLLED_BACK, new Position("b", 9), 4, 7);

        assertThat(within.toCompletableFuture().join().continuity()).isEqualTo(Continuity.ROLLED_BACK);
    }

    @Test
    void failureIsSharedAndForgotten() {
        CompletionStage<HistoryPage> one = pages.read(TOPIC, AFTER);
        CompletionStage<HistoryPage> two = pages.read(TOPIC, AFTER);
        broadcaster.fail();

        assertThatThrownBy(() -> one.toCompletableFuture().join()).hasRootCauseInstanceOf(TelemetryException.class);
        assertThat(two.toCompletableFuture()).isCompletedExceptionally();
        CompletionStage<HistoryPage> again = pages.read(TOPIC, AFTER);
        broadcaster.answer("a", 2, Continuity.CONTINUES, HEAD, 3, 4);
        assertThat(again.toCompletableFuture()).isCompleted();
    }

    @Test
    void answerWithinTheCallIsForgottenAsWell() {
        broadcaster.answering = (topic, after) -> CompletableFuture.failedFuture(unavailable());
        assertThat(pages.read(TOPIC, AFTER).toCompletableFuture()).isCompletedExceptionally();
        assertThat(pages.read(TOPIC, AFTER).toCompletableFuture()).isCompletedExceptionally();

        assertThat(broadcaster.asked).isEqualTo(2);
    }

    @Test
    void broadcasterThatThrowsDoesNotLeaveReadersWaitingForEver() {
        broadcaster.answering = (topic, after) -> {
            throw new IllegalStateException("not today");
        };

        assertThat(pages.read(TOPIC, AFTER).toCompletableFuture()).isCompletedExceptionally();
        assertThat(pages.read(TOPIC, AFTER).toCompletableFuture()).isCompletedExceptionally();
        assertThat(broadcaster.asked).isEqualTo(2);
    }
}
