package live.telemetry.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import live.telemetry.core.History;
import live.telemetry.core.History.Continuity;
import live.telemetry.core.Position;
import live.telemetry.core.Topic;
import org.junit.jupiter.api.Test;

class RecoveredTest {

    private static final Topic TOPIC = Topic.of("a");
    private static final byte[] POISON = {1, 2, 3};

    private final RedisCounters counters = new RedisCounters();

    private static byte[] ascii(Object text) {
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static List<Object> reply(String epoch, long seq, long cut, long from) {
        return new ArrayList<>(List.of(ascii(epoch), ascii(seq), ascii(cut), ascii(from)));
    }

    private static List<Object> with(List<Object> reply, int... seqs) {
        for (int seq : seqs) {
            reply.add(ascii(seq + "-0"));
            reply.add(RecordBytes.encode(StoreRig.publication(TOPIC, seq)));
        }
        return reply;
    }

    private static List<Object> poison(List<Object> reply, int seq) {
        reply.add(ascii(seq + "-0"));
        reply.add(POISON);
        return reply;
    }

    private History read(Position after, List<Object> reply) {
        return Recovered.of(TOPIC, after, reply, counters).history();
    }

    private static void assertHistory(History history, Continuity continuity, long next, Integer... numbers) {
        assertThat(history.continuity()).isEqualTo(continuity);
        assertThat(history.next()).isEqualTo(next);
        assertThat(StoreRig.numbers(history.records())).containsExactly(numbers);
    }

    @Test
    void recordsThatFollowContinue() {
        assertHistory(read(new Position("e", 2), with(reply("e", 4, 4, 3), 3, 4)), Continuity.CONTINUES, 3, 3, 4);
    }

    @Test
    void recordsThatBeginLaterHaveExpired() {
        assertHistory(read(new Position("e", 2), with(reply("e", 9, 9, 3), 8, 9)), Continuity.EXPIRED, 8, 8, 9);
        assertHistory(read(new Position("e", 2), reply("e", 9, 9, 3)), Continuity.EXPIRED, 10);
    }

    @Test
    void rollbackBeginsBehindTheCutEvenIfThatHasExpired() {
        assertHistory(read(new Position("e", 8), with(reply("f", 6, 5, 6), 6)), Continuity.ROLLED_BACK, 6, 6);
        assertHistory(read(new Position("e", 8), with(reply("f", 9, 5, 6), 8, 9)), Continuity.ROLLED_BACK, 6);
    }

    @Test
    void unknownEpochBeginsAtTheFirstRecordThereIs() {
        assertHistory(read(new Position("e", 8), with(reply("f", 6, -1, 1), 5, 6)), Continuity.EPOCH_CHANGED, 5, 5, 6);
        assertHistory(read(new Position("e", 8), reply("f", 6, -1, 1)), Continuity.EPOCH_CHANGED, 7);
    }

    @Test
    void pageEndsBeforeARecordThatCannotBeRead() {
        assertHistory(
                read(new Position("e", 2), with(poison(with(reply("e", 5, 5, 3), 3), 4), 5)),
                Continuity.CONTINUES,
                3,
                3);
        assertThat(counters.unreadableRecords.sum()).isEqualTo(1);
    }

    @Test
    void recordThatCannotBeReadIsSkippedWhereThePageBegins() {
        assertHistory(
                read(new Position("e", 2), with(poison(poison(reply("e", 6, 6, 3), 3), 4), 5, 6)),
                Continuity.EXPIRED,
                5,
                5,
                6);
        assertHistory(read(new Position("e", 2), poison(reply("e", 6, 6, 3), 3)), Continuity.EXPIRED, 4);
    }

    @Test
    void entriesBeyondTheHeadAreNotRecords() {
        assertHistory(read(new Position("e", 2), with(reply("e", 3, 3, 3), 3, 50)), Continuity.CONTINUES, 3, 3);
        assertHistory(read(new Position("e", 3), with(reply("e", 3, 3, 4), 50)), Continuity.CONTINUES, 4);
    }
}
