package live.telemetry.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import org.junit.jupiter.api.Test;

class SharedScansTest {

    private static final TopicPattern ALL = TopicPattern.ALL;

    private final List<CompletableFuture<Map<Topic, Position>>> scans = new ArrayList<>();
    private final SharedScans shared = new SharedScans(pattern -> {
        CompletableFuture<Map<Topic, Position>> scan = new CompletableFuture<>();
        scans.add(scan);
        return scan;
    });

    private static Map<Topic, Position> found(int seq) {
        return Map.of(Topic.of("a"), new Position("e", seq));
    }

    @Test
    void whoComesDuringALookUpWaitsForTheNextTogether() {
        CompletableFuture<Map<Topic, Position>> first = shared.topics(ALL);
        List<CompletableFuture<Map<Topic, Position>>> others =
                List.of(shared.topics(ALL), shared.topics(ALL), shared.topics(ALL));
        assertThat(scans).hasSize(1);
        scans.get(0).complete(found(1));
        assertThat(first).isCompletedWithValue(found(1));
        assertThat(scans).hasSize(2);
        others.forEach(other -> assertThat(other).isNotDone());
        scans.get(1).complete(found(2));
        others.forEach(other -> assertThat(other).isCompletedWithValue(found(2)));
        assertThat(scans).hasSize(2);
    }

    @Test
    void failureIsOfOneLookUp() {
        CompletableFuture<Map<Topic, Position>> first = shared.topics(ALL);
        CompletableFuture<Map<Topic, Position>> second = shared.topics(ALL);
        scans.get(0).completeExceptionally(new IllegalStateException("away"));
        assertThat(first).isCompletedExceptionally();
        scans.get(1).complete(found(2));
        assertThat(second).isCompletedWithValue(found(2));
        shared.topics(ALL);
        assertThat(scans).hasSize(3);
    }

    @Test
    void whoGivesUpDoesNotTakeTheOthersAlong() {
        shared.topics(ALL);
        CompletableFuture<Map<Topic, Position>> impatient = shared.topics(ALL);
        CompletableFuture<Map<Topic, Position>> patient = shared.topics(ALL);
        impatient.cancel(false);
        scans.get(0).complete(found(1));
        scans.get(1).complete(found(2));
        assertThat(patient).isCompletedWithValue(found(2));
    }

    @Test
    void patternsAreLookedUpEachForItself() {
        shared.topics(ALL);
        shared.topics(TopicPattern.of("a.*"));
        assertThat(scans).hasSize(2);
    }
}
