package live.telemetry.server.node;

import static live.telemetry.server.node.HandDrivenBroadcaster.TOPIC;
import static live.telemetry.server.node.HandDrivenBroadcaster.records;
import static live.telemetry.server.node.HandDrivenBroadcaster.unavailable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import live.telemetry.core.History;
import live.telemetry.core.History.Continuity;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.tck.VirtualTime;
import org.junit.jupiter.api.Test;

class HistoryPagesTest {

    private static final int PAGE = Node.HISTORY_PAGE;
    private static final Position HEAD = new Position("a", 9);
    private static final Position AFTER = new Position("a", 2);
    /** Room for two pages of a few records. */
    private static final long MAX_BYTES = 1_500;

    private final VirtualTime time = new VirtualTime();
    private final HandDrivenBroadcaster broadcaster = new HandDrivenBroadcaster();
    private final HistoryPages pages =
            new HistoryPages(broadcaster, LogReading.FRAMING, MAX_BYTES, new VirtualHousekeeping(time));

    private CompletableFuture<HistoryPage> read(long after) {
        return read(new Position("a", after));
    }

    private CompletableFuture<HistoryPage> read(Position after) {
        return pages.read(TOPIC, after, "a").toCompletableFuture();
    }

    @Test
    void pageHasTheEncodedRecords() {
        CompletableFuture<HistoryPage> page = read(0);
        broadcaster.answer("a", 0, Continuity.EXPIRED, HEAD, 5, 7);

        HistoryPage found = page.join();
        assertThat(found.continuity()).isEqualTo(Continuity.EXPIRED);
        assertThat(found.head()).isEqualTo(HEAD);
        assertThat(found.next()).isEqualTo(5);
        HistoryRun run = found.run();
        assertThat(run).isNotNull();
        assertThat(run.at(4)).isNull();
        assertThat(run.at(8)).isNull();
        List<String> texts = new ArrayList<>();
        for (TelemetryRecord record : records(5, 7)) {
            texts.add(LogReading.text(run.at(record.seq()), record.seq()));
        }
        assertThat(texts).isEqualTo(LogReading.texts(records(5, 7)));
    }

    @Test
    void pageWithoutRecordsHasNoRunAndIsNotKept() {
        CompletableFuture<HistoryPage> page = read(0);
        broadcaster.answer("a", 0, Continuity.CONTINUES, HEAD, 3, 2);

        assertThat(page.join().run()).isNull();
        read(0);
        assertThat(broadcaster.asked).isEqualTo(2);
        assertThat(pages.keptBytes()).isZero();
    }

    @Test
    void whoeverAsksForTheSameGetsTheSameWhileItIsReadAndAfterwards() {
        List<CompletableFuture<HistoryPage>> readers = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            readers.add(read(0));
        }
        broadcaster.answer("a", 0, Continuity.CONTINUES, HEAD, 1, 4);
        for (int i = 0; i < 500; i++) {
            readers.add(read(0));
        }

        assertThat(broadcaster.asked).isEqualTo(1);
        HistoryPage first = readers.get(0).join();
        assertThat(readers).allSatisfy(reader -> assertThat(reader.join()).isSameAs(first));
    }

    @Test
    void readersAtAllPositionsInAnyOrderReadEachRecordOnce() {
        int head = 5 * PAGE;
        HistoryPages roomy = new HistoryPages(broadcaster, LogReading.FRAMING, 1 << 20, new VirtualHousekeeping(time));
        broadcaster.answering = (topic, after) -> CompletableFuture.completedFuture(new History(
                Continuity.CONTINUES,
                new Position("a", head),
                after.seq() + 1,
                records(after.seq() + 1, Math.min(head, after.seq() + PAGE))));
        long seed = System.nanoTime();
        List<Integer> positions =
                new ArrayList<>(IntStream.range(0, head).boxed().toList());
        Collections.shuffle(positions, new Random(seed));

        for (int position : positions) {
            HistoryPage page = roomy.read(TOPIC, new Position("a", position), "a")
                    .toCompletableFuture()
                    .join();
            assertThat(page.run().at(position + 1)).as("seed " + seed).isNotNull();
        }
        assertThat(broadcaster.asked).isEqualTo(5);
    }

    @Test
    void otherEpochsAndOtherPagesAreReadForThemselves() {
        read(2);
        read(PAGE - 1);
        assertThat(broadcaster.asked).isEqualTo(1);
        read(PAGE);
        read(new Position("b", 2));

        assertThat(broadcaster.asked).isEqualTo(3);
    }

    @Test
    void whoeverStandsWithinAPageGoesOnFromThere() {
        CompletableFuture<HistoryPage> before = read(2);
        CompletableFuture<HistoryPage> within = read(6);
        broadcaster.answer("a", 0, Continuity.EXPIRED, HEAD, 5, 8);
        CompletableFuture<HistoryPage> later = read(7);

        assertThat(before.join().continuity()).isEqualTo(Continuity.EXPIRED);
        assertThat(before.join().next()).isEqualTo(5);
        HistoryPage found = within.join();
        assertThat(found.continuity()).isEqualTo(Continuity.CONTINUES);
        assertThat(found.head()).isEqualTo(HEAD);
        assertThat(found.next()).isEqualTo(7);
        assertThat(found.run()).isSameAs(before.join().run());
        assertThat(later.join().next()).isEqualTo(8);
        assertThat(broadcaster.asked).isEqualTo(1);
    }

    @Test
    void whoeverStandsBeforeWhatIsRetainedSharesTheFirstPageBehindIt() {
        long first = 3 * PAGE + 50;
        Position head = new Position("a", first + PAGE);
        read(0);
        broadcaster.answer("a", 0, Continuity.EXPIRED, head, first, first + 9);

        HistoryPage page = read(2 * PAGE + 7).join();
        assertThat(page.continuity()).isEqualTo(Continuity.EXPIRED);
        assertThat(page.next()).isEqualTo(first);
        assertThat(read(first + 3).join().next()).isEqualTo(first + 4);
        assertThat(broadcaster.asked).isEqualTo(1);
    }

    @Test
    void whomThePageDoesNotReachAsksForItself() {
        read(0);
        CompletableFuture<HistoryPage> behind = read(7);
        CompletableFuture<HistoryPage> same = read(7);
        broadcaster.answer("a", 0, Continuity.CONTINUES, HEAD, 1, 7);
        assertThat(broadcaster.asked).isEqualTo(2);
        broadcaster.answer("a", 7, Continuity.CONTINUES, HEAD, 8, 9);

        assertThat(behind.join().next()).isEqualTo(8);
        assertThat(same.join()).isSameAs(behind.join());
    }

    @Test
    void aheadOfTheStoreIsAskedEachTimeWithoutReadingThePageAgain() {
        read(0);
        broadcaster.answer("a", 0, Continuity.CONTINUES, HEAD, 1, 9);
        for (int i = 0; i < 2; i++) {
            CompletableFuture<HistoryPage> ahead = read(11);
            broadcaster.answer("a", 11, Continuity.ROLLED_BACK, HEAD, 10, 9);
            assertThat(ahead.join().continuity()).isEqualTo(Continuity.ROLLED_BACK);
        }
    }

    @Test
    void pageOfAnotherEpochIsNoAnswerToWhoStandsWithinItsNumbers() {
        CompletableFuture<HistoryPage> within = read(4);
        broadcaster.answer("a", 0, Continuity.CONTINUES, new Position("b", 9), 1, 7);
        assertThat(within).isNotDone();
        broadcaster.answer("a", 4, Continuity.ROLLED_BACK, new Position("b", 9), 4, 7);

        assertThat(within.join().continuity()).isEqualTo(Continuity.ROLLED_BACK);
    }

    @Test
    void whatIsLostBehindAPositionIsLostBehindThoseThatFollow() {
        CompletableFuture<HistoryPage> one = read(4);
        CompletableFuture<HistoryPage> another = read(9);
        broadcaster.answer("a", 0, Continuity.EPOCH_CHANGED, new Position("b", 9), 1, 7);

        assertThat(one.join().continuity()).isEqualTo(Continuity.EPOCH_CHANGED);
        assertThat(another.join()).isSameAs(one.join());
    }

    @Test
    void pageOfAnEpochThatEndedAnswersNobody() {
        CompletableFuture<HistoryPage> before = read(2);
        broadcaster.answer("a", 0, Continuity.CONTINUES, HEAD, 1, 9);
        CompletableFuture<HistoryPage> after = pages.read(TOPIC, AFTER, "b").toCompletableFuture();
        assertThat(after).isNotDone();
        broadcaster.answer("a", 0, Continuity.EPOCH_CHANGED, new Position("b", 5), 4, 5);

        assertThat(after.join().continuity()).isEqualTo(Continuity.EPOCH_CHANGED);
        assertThat(before.join().run().at(3)).as("what is kept of it").isNull();
    }

    @Test
    void pageIsDroppedWhenItIsOld() {
        HistoryRun run = readPage(0).run();
        time.run(HistoryPages.KEPT.minusMillis(1));
        readPage(PAGE);
        assertThat(run.at(1)).isNotNull();
        time.run(Duration.ofMillis(1));
        pages.dropOld();

        assertThat(run.at(1)).isNull();
        assertThat(pages.keptBytes()).isPositive();
        time.run(HistoryPages.KEPT);
        read(2);
        assertThat(broadcaster.asked).isEqualTo(3);
        assertThat(pages.keptBytes()).isZero();
        assertThat(pages.droppedPages()).isZero();
    }

    @Test
    void oldestPagesAreDroppedAtTheBoundHoweverManyStandInThem() {
        List<HistoryRun> runs = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            runs.add(readPage(i * PAGE).run());
            assertThat(pages.keptBytes()).isLessThanOrEqualTo(MAX_BYTES);
        }

        assertThat(pages.droppedPages()).isEqualTo(8);
        for (int i = 0; i < 10; i++) {
            assertThat(runs.get(i).at(i * PAGE + 1) == null).isEqualTo(i < 8);
        }
        read(0);
        assertThat(broadcaster.asked).isEqualTo(11);
    }

    @Test
    void pageThatIsLargerThanTheBoundIsReadAllTheSame() {
        readPage(0);
        read(PAGE);
        HistoryPage page = answered(PAGE, PAGE);

        assertThat(page.run().at(2 * PAGE)).isNotNull();
        assertThat(pages.droppedPages()).isEqualTo(1);
    }

    private HistoryPage readPage(long after) {
        read(after);
        return answered(after, 2);
    }

    private HistoryPage answered(long after, int count) {
        broadcaster.answer("a", after, Continuity.CONTINUES, new Position("a", 100L * PAGE), after + 1, after + count);
        return read(after).join();
    }

    @Test
    void failureIsSharedAndForgotten() {
        CompletableFuture<HistoryPage> one = read(AFTER);
        CompletableFuture<HistoryPage> two = read(AFTER);
        broadcaster.fail();

        assertThatThrownBy(one::join).hasRootCauseInstanceOf(TelemetryException.class);
        assertThat(two).isCompletedExceptionally();
        CompletableFuture<HistoryPage> again = read(AFTER);
        broadcaster.answer("a", 0, Continuity.CONTINUES, HEAD, 1, 4);
        assertThat(again).isCompleted();
    }

    @Test
    void answerWithinTheCallIsForgottenAsWell() {
        broadcaster.answering = (topic, after) -> CompletableFuture.failedFuture(unavailable());
        assertThat(read(AFTER)).isCompletedExceptionally();
        assertThat(read(AFTER)).isCompletedExceptionally();

        assertThat(broadcaster.asked).isEqualTo(2);
    }

    @Test
    void broadcasterThatThrowsDoesNotLeaveReadersWaitingForEver() {
        broadcaster.answering = (topic, after) -> {
            throw new IllegalStateException("not today");
        };

        assertThat(read(AFTER)).isCompletedExceptionally();
        assertThat(read(AFTER)).isCompletedExceptionally();
        assertThat(broadcaster.asked).isEqualTo(2);
    }
}
