package live.telemetry.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import live.telemetry.core.Broadcaster.EpochChange;
import live.telemetry.core.History;
import live.telemetry.core.History.Continuity;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TopicFeedTest {

    private static final Topic TOPIC = Topic.of("a");

    private final Told told = new Told();
    private final RedisCounters counters = new RedisCounters();
    private final TopicFeed feed = new TopicFeed(TOPIC, counters);

    private static FeedMessage.Run run(String epoch, int first, int last) {
        return MessageBytes.numbers(TOPIC, epoch, first, last);
    }

    private static Position at(String epoch, long seq) {
        return new Position(epoch, seq);
    }

    private static Recovered found(Continuity continuity, Position head, long next, int records, @Nullable Long cut) {
        List<TelemetryRecord> page = LongStream.range(next, next + records)
                .mapToObj(seq -> StoreRig.publication(TOPIC, (int) seq).toRecord(seq))
                .toList();
        return new Recovered(new History(continuity, head, next, page), cut);
    }

    @Test
    void recordsThatFollowGoOn() {
        feed.received(run("e", 5, 6), told);
        feed.received(run("e", 7, 7), told);
        assertThat(told.log).containsExactly("e [5, 6]", "e [7]");
    }

    @Test
    void recordsThatAreKnownAreDropped() {
        feed.received(run("e", 1, 5), told);
        feed.received(run("e", 2, 4), told);
        feed.received(run("e", 4, 7), told);
        assertThat(told.log).containsExactly("e [1, 2, 3, 4, 5]", "e [6, 7]");
    }

    @Test
    void holeIsReadFromTheStreamBeforeAnythingBehindIt() {
        feed.received(run("e", 1, 2), told);
        feed.received(run("e", 5, 5), told);
        feed.received(run("e", 6, 6), told);
        assertThat(told.log).containsExactly("e [1, 2]", "repair after e:2");
        feed.recovered(at("e", 2), found(Continuity.CONTINUES, at("e", 6), 3, 4, 6L), told);
        feed.received(run("e", 6, 7), told);
        assertThat(told.log.subList(2, 5)).containsExactly("e [3, 4, 5, 6]", "head e:6", "e [7]");
    }

    @Test
    void repairGoesOnUntilItHasWhatCameMeanwhile() {
        feed.received(run("e", 1, 1), told);
        feed.received(run("e", 3, 3), told);
        feed.received(run("e", 4, 4), told);
        feed.recovered(at("e", 1), found(Continuity.CONTINUES, at("e", 3), 2, 2, 3L), told);
        assertThat(told.log).endsWith("e [2, 3]", "repair after e:3");
        feed.recovered(at("e", 3), found(Continuity.CONTINUES, at("e", 4), 4, 1, 4L), told);
        assertThat(told.log).endsWith("e [4]", "head e:4");
        assertThat(feed.isRepairing()).isFalse();
    }

    @Test
    void pagesOfARepairFollowEachOther() {
        feed.received(run("e", 1, 1), told);
        feed.received(run("e", 9, 9), told);
        feed.recovered(at("e", 1), found(Continuity.CONTINUES, at("e", 9), 2, 4, 9L), told);
        assertThat(told.log).endsWith("e [2, 3, 4, 5]", "repair after e:5");
    }

    @Test
    void expiredRecordsAreLeftToTheNode() {
        feed.received(run("e", 1, 1), told);
        feed.received(run("e", 9, 9), told);
        feed.recovered(at("e", 1), found(Continuity.EXPIRED, at("e", 9), 8, 2, 9L), told);
        assertThat(told.log).endsWith("e [8, 9]", "head e:9");
    }

    @Test
    void newEpochThatGoesOnIsToldWithItsCut() {
        feed.received(run("e1", 1, 3), told);
        feed.received(run("e2", 6, 6), told);
        feed.recovered(at("e1", 3), found(Continuity.CONTINUES, at("e2", 6), 4, 3, 5L), told);
        assertThat(told.log)
                .containsExactly("e1 [1, 2, 3]", "repair after e1:3", "e1 -> e2 kept 5", "e2 [4, 5, 6]", "head e2:6");
    }

    @Test
    void rollbackIsToldWithItsCut() {
        feed.received(run("e1", 1, 5), told);
        feed.received(run("e2", 4, 4), told);
        feed.recovered(at("e1", 5), found(Continuity.ROLLED_BACK, at("e2", 4), 4, 1, 3L), told);
        assertThat(told.log).endsWith("e1 -> e2 kept 3", "e2 [4]", "head e2:4");
        feed.received(run("e2", 5, 5), told);
        assertThat(told.log).endsWith("e2 [5]");
    }

    @Test
    void lostHistoryIsToldWithoutACut() {
        feed.received(run("e1", 1, 5), told);
        feed.received(run("e2", 1, 1), told);
        feed.recovered(at("e1", 5), found(Continuity.EPOCH_CHANGED, at("e2", 1), 1, 1, null), told);
        assertThat(told.log).endsWith("e1 -> e2 kept null", "e2 [1]", "head e2:1");
    }

    @Test
    void historyThatIsGoneIsToldWithTheNextRecordOnly() {
        feed.received(run("e1", 1, 5), told);
        feed.announced(at("e1", 7), told);
        feed.recovered(
                at("e1", 5),
                new Recovered(new History(Continuity.EPOCH_CHANGED, Position.NONE, 1, List.of()), null),
                told);
        assertThat(told.log).containsExactly("e1 [1, 2, 3, 4, 5]", "repair after e1:5");
        feed.received(run("e2", 1, 1), told);
        assertThat(told.log).endsWith("repair after e1:5");
    }

    @Test
    void announcementOfAnEpochThatIsGoneDoesNotRepairForEver() {
        feed.received(run("e1", 1, 5), told);
        feed.received(run("dead", 9, 9), told);
        Recovered nothingNew = found(Continuity.CONTINUES, at("e1", 5), 6, 0, 5L);
        feed.recovered(at("e1", 5), nothingNew, told);
        assertThat(feed.isRepairing()).isTrue();
        feed.recovered(at("e1", 5), nothingNew, told);
        assertThat(feed.isRepairing()).isFalse();
    }

    @Test
    void answerToAnOlderQuestionIsThrownAway() {
        feed.received(run("e", 1, 1), told);
        feed.received(run("e", 3, 3), told);
        feed.skip(run("e", 4, 4));
        feed.recovered(at("e", 1), found(Continuity.CONTINUES, at("e", 3), 2, 2, 3L), told);
        assertThat(told.log).containsExactly("e [1]", "repair after e:1");
    }

    @Test
    void headsOfUnknownTopicsAreToldAndOthersRepaired() {
        feed.announced(at("e", 5), told);
        feed.announced(at("e", 4), told);
        feed.announced(at("e", 6), told);
        assertThat(told.log).containsExactly("head e:5", "head e:5", "repair after e:5");
    }

    @Test
    void recordsThatNobodyWantsMoveThePosition() {
        feed.received(run("e", 1, 1), told);
        feed.skip(run("e", 2, 5));
        feed.received(run("e", 6, 6), told);
        assertThat(told.log).containsExactly("e [1]", "e [6]");
    }

    private final class Told implements TopicFeed.Output {
        private final List<String> log = new ArrayList<>();

        @Override
        public void records(Topic topic, String epoch, List<TelemetryRecord> records) {
            log.add(epoch + " " + StoreRig.numbers(records));
        }

        @Override
        public void head(Topic topic, Position head) {
            log.add("head " + head);
        }

        @Override
        public void epochChange(EpochChange change) {
            log.add(change.previousEpoch() + " -> " + change.epoch() + " kept " + change.keptUpTo());
        }

        @Override
        public void repair(TopicFeed repaired) {
            log.add("repair after " + repaired.position());
        }
    }
}
