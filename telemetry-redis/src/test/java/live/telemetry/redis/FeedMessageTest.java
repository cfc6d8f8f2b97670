package live.telemetry.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import org.junit.jupiter.api.Test;

class FeedMessageTest {

    private static final Topic A = Topic.of("a");
    private static final Topic B = Topic.of("b.c");

    private final RedisCounters counters = new RedisCounters();

    private static byte[] record(int number) {
        return RecordBytes.encode(StoreRig.publication(A, number));
    }

    @Test
    void runsAreReadInOrder() {
        byte[] bytes = new MessageBytes(9)
                .run(A, "e1", 5, record(5), record(6))
                .run(B, "e2", 1, record(1))
                .bytes();
        FeedMessage message = FeedMessage.decode(bytes);
        assertThat(message.counter()).isEqualTo(9);
        assertThat(message.runs())
                .extracting(
                        FeedMessage.Run::topic, FeedMessage.Run::epoch, FeedMessage.Run::first, FeedMessage.Run::last)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(A, "e1", 5L, 6L),
                        org.assertj.core.groups.Tuple.tuple(B, "e2", 1L, 1L));
        assertThat(StoreRig.numbers(message.runs().get(0).records(5, counters).get(0)))
                .containsExactly(5, 6);
        assertThat(StoreRig.numbers(message.runs().get(0).records(6, counters).get(0)))
                .containsExactly(6);
    }

    @Test
    void recordThatCannotBeReadDividesTheRun() {
        byte[] poison = {4, 1, 0, '{', '{'};
        byte[] bytes = new MessageBytes(1)
                .run(A, "e", 1, record(1), poison, record(3), record(4))
                .bytes();
        List<List<TelemetryRecord>> parts =
                FeedMessage.decode(bytes).runs().get(0).records(1, counters);
        assertThat(parts).extracting(StoreRig::numbers).containsExactly(List.of(1), List.of(3, 4));
        assertThat(counters.unreadableRecords.sum()).isEqualTo(1);
    }

    @Test
    void recordWithoutAnEndEndsTheRun() {
        byte[] bytes = new MessageBytes(1)
                .run(A, "e", 1, record(1), new byte[] {100, 1}, record(3))
                .bytes();
        List<List<TelemetryRecord>> parts =
                FeedMessage.decode(bytes).runs().get(0).records(1, counters);
        assertThat(parts).extracting(StoreRig::numbers).containsExactly(List.of(1));
        assertThat(counters.unreadableRecords.sum()).isEqualTo(2);
    }

    @Test
    void otherVersionsAndCutMessagesAreRefused() {
        byte[] bytes = new MessageBytes(1).run(A, "e", 1, record(1)).bytes();
        for (int length = 1; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            if (length != 9) {
                assertThatThrownBy(() -> FeedMessage.decode(cut)).isInstanceOf(RuntimeException.class);
            }
        }
        bytes[0] = 2;
        assertThatThrownBy(() -> FeedMessage.decode(bytes)).hasMessage("a message of version 2");
    }

    @Test
    void arbitraryBytesAreRefusedOrRead() {
        for (long seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            byte[] bytes = new MessageBytes(1).run(A, "e", 1, record(1)).bytes();
            for (int i = 0; i < 3; i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                FeedMessage.decode(bytes).runs().forEach(run -> run.records(1, counters));
            } catch (RuntimeException e) {
                assertThat(e).as("seed " + seed).isNotInstanceOf(ArithmeticException.class);
            }
        }
    }
}
