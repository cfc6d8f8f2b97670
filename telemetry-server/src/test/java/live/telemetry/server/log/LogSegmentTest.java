package live.telemetry.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;
import live.telemetry.core.Position;
import live.telemetry.core.Retention;
import org.junit.jupiter.api.Test;

class LogSegmentTest {

    private final SegmentPool pool = new SegmentPool(1 << 20, new ReaderTurns(2));
    private final TopicLog log =
            new TopicLog(new Position("e", 0), Retention.DEFAULT, new LatestBudget(1, Long.MAX_VALUE), pool);
    private final LogSegment segment = newSegment(1_024);

    @Test
    void emptySegmentHasNoRecord() {
        assertThat(segment.firstSeq()).isEqualTo(11);
        assertThat(segment.lastSeq()).isEqualTo(10);
        assertThat(segment.contains(11)).isFalse();
        assertThat(segment.usedBytes()).isZero();
        assertThat(segment.capacity()).isEqualTo(1_024);
    }

    @Test
    void framesAndTimesAreFoundAgain() {
        byte[] first = SealedFrames.frame(1, 11, 100);
        byte[] second = SealedFrames.frame(1, 12, 50);
        segment.add(first, Long.MAX_VALUE);
        segment.add(second, 0);

        assertThat(segment.lastSeq()).isEqualTo(12);
        assertThat(segment.usedBytes()).isEqualTo(150);
        assertThat(segment.timestampOf(11)).isEqualTo(Long.MAX_VALUE);
        assertThat(segment.timestampOf(12)).isZero();
        assertThat(bytesOf(segment, 11)).isEqualTo(first);
        assertThat(bytesOf(segment, 12)).isEqualTo(second);
    }

    @Test
    void recordOfExactlyTheRestFits() {
        int slot = LogSegment.bytesFor(0);
        assertThat(segment.fits(1_024 - slot)).isTrue();
        assertThat(segment.fits(1_024 - slot + 1)).isFalse();
        segment.add(new byte[1_000 - slot], 0);
        assertThat(segment.fits(24 - slot)).isTrue();
        assertThat(segment.fits(24 - slot + 1)).isFalse();
        segment.add(new byte[24 - slot], 7);

        assertThat(segment.fits(0)).isFalse();
        assertThat(segment.endOf(12)).isEqualTo(1_024 - 2 * slot);
        assertThat(segment.timestampOf(12)).isEqualTo(7);
    }

    @Test
    void slotsAndFramesNeverOverlap() {
        for (int size = 0; size < 300; size += 7) {
            LogSegment filled = newSegment(4_096);
            long seq = 11;
            while (filled.fits(size + SealedFrames.SMALLEST)) {
                filled.add(SealedFrames.frame(3, seq, size + SealedFrames.SMALLEST), seq * 1_000);
                seq++;
            }
            for (long each = 11; each < seq; each++) {
                assertThat(SealedFrames.problem(ByteBuffer.wrap(bytesOf(filled, each)), 3, each))
                        .isNull();
                assertThat(filled.timestampOf(each)).isEqualTo(each * 1_000);
            }
        }
    }

    @Test
    void memoryThatWasUsedBeforeDoesNotMatter() {
        SegmentPool.Block block = pool.allocate(1_024, 1_024);
        byte[] noise = new byte[1_024];
        ThreadLocalRandom.current().nextBytes(noise);
        block.memory().put(0, noise);
        LogSegment reused = new LogSegment(log, block, 1, 2);
        byte[] frame = SealedFrames.frame(1, 1, 64);
        reused.add(frame, 5);

        assertThat(reused.startOf(1)).isZero();
        assertThat(reused.endOf(1)).isEqualTo(64);
        assertThat(bytesOf(reused, 1)).isEqualTo(frame);
    }

    @Test
    void eachReaderHasOneView() {
        ByteBuffer mine = segment.view(0);
        mine.position(5);

        assertThat(segment.view(0)).isSameAs(mine);
        assertThat(segment.view(1)).isNotSameAs(mine);
        assertThat(segment.view(1).position()).isZero();
    }

    @Test
    void segmentKnowsItsLog() {
        assertThat(segment.isOf(log)).isTrue();
        assertThat(segment.isOf(log.continueAs(new Position("f", 0)))).isFalse();
    }

    private LogSegment newSegment(int bytes) {
        return new LogSegment(log, pool.allocate(bytes, bytes), 11, 2);
    }

    private static byte[] bytesOf(LogSegment segment, long seq) {
        ByteBuffer view = segment.view(0);
        view.limit(segment.endOf(seq)).position(segment.startOf(seq));
        byte[] bytes = new byte[view.remaining()];
        view.get(bytes);
        return bytes;
    }
}
