package live.telemetry.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import live.telemetry.core.Position;
import live.telemetry.core.Retention;
import org.junit.jupiter.api.Test;

class DerivedFramesTest {

    /** Frames with a head of two bytes. */
    private static final Framing STORED = new Framing() {
        @Override
        public byte[] frame(String json) {
            return ("##" + json).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public int headBytes(int frameBytes) {
            return 2;
        }
    };

    private final SegmentPool pool = new SegmentPool(4 << 20, new ReaderTurns(2));
    private final TopicLog log = newLog(Retention.DEFAULT);
    private final DerivedFrames derived = new DerivedFrames(STORED, 1 << 20);

    private TopicLog newLog(Retention retention) {
        return new TopicLog(new Position("e1", 0), retention, new LatestBudget(10, Long.MAX_VALUE), pool);
    }

    private static void append(TopicLog log, int count) {
        for (int i = 0; i < count; i++) {
            long seq = log.head() + 1;
            assertThat(log.append(SealedFrames.record(seq), STORED.frame("r" + seq)))
                    .isTrue();
        }
    }

    private static String text(FrameRun run, long from, long to) {
        ByteBuffer view = run.view(1);
        view.limit(run.endOf(to)).position(run.startOf(from));
        return StandardCharsets.UTF_8.decode(view).toString();
    }

    @Test
    void recordsAreFramedAnewAndLieBehindEachOther() {
        append(log, 5);
        FrameRun run = derived.of(log.runOf(2, null), "e1", Bracketed.INSTANCE, 4);
        assertThat(text(run, 2, 4)).isEqualTo("[r2][r3][r4]");
        assertThat(run.firstSeq()).isEqualTo(1);
        assertThat(run.lastSeq()).isEqualTo(4);
    }

    @Test
    void whatIsMadeIsSharedAndGrowsWithTheSegment() {
        append(log, 3);
        FrameRun run = derived.of(log.runOf(1, null), "e1", Bracketed.INSTANCE, 3);
        append(log, 10);
        FrameRun again = derived.of(log.runOf(4, null), "e1", Bracketed.INSTANCE, 13);
        assertThat(again).isSameAs(run);
        assertThat(text(again, 3, 13)).startsWith("[r3][r4]").endsWith("[r13]");
    }

    @Test
    void pagesOfHistoryAreFramedAnewOnce() {
        DetachedRun page = new DetachedRun(7, List.of(STORED.frame("a"), STORED.frame("b")));
        FrameRun run = derived.of(page, "e1", Bracketed.INSTANCE, 8);
        assertThat(text(run, 7, 8)).isEqualTo("[a][b]");
        assertThat(derived.of(page, "e1", Bracketed.INSTANCE, 7)).isSameAs(run);
        assertThat(derived.usedBytes()).as("they go with the page").isZero();
    }

    @Test
    void oneRecordAlone() {
        byte[] made = derived.of(STORED.frame("x"), new Position("e1", 1), Bracketed.INSTANCE);
        assertThat(made).asString(StandardCharsets.UTF_8).isEqualTo("[x]");
    }

    @Test
    void whatTheLogDropsIsForgotten() {
        TopicLog small = newLog(Retention.DEFAULT.withMaxRecords(10));
        for (int i = 0; i < 2_000; i++) {
            append(small, 1);
            derived.of(small.runOf(small.head(), null), "e1", Bracketed.INSTANCE, small.head());
            assertThat(derived.usedBytes()).isLessThan(20_000);
        }
        small.dropAll();
        assertThat(derived.usedBytes()).isZero();
    }

    @Test
    void atTheBoundTheOldestGoesAndIsMadeAgainWhereItIsWanted() {
        DerivedFrames little = new DerivedFrames(STORED, 4_000);
        append(log, 2_000);
        for (long seq = 1; seq <= 2_000; seq += 10) {
            FrameRun run = log.runOf(seq, null);
            FrameRun made = little.of(run, "e1", Bracketed.INSTANCE, Math.min(run.lastSeq(), seq + 2));
            assertThat(text(made, seq, seq)).isEqualTo("[r" + seq + "]");
        }
        FrameRun first = little.of(log.runOf(1, null), "e1", Bracketed.INSTANCE, 3);
        assertThat(text(first, 1, 3)).isEqualTo("[r1][r2][r3]");
        assertThat(little.usedBytes()).isLessThan(4_000 + 60_000);
    }

    @Test
    void aReaderInItsTurnMayStillReadWhatWasDropped() {
        append(log, 3);
        FrameRun run = log.runOf(1, null);
        log.dropAll();
        FrameRun made = derived.of(run, "e1", Bracketed.INSTANCE, 3);
        assertThat(text(made, 1, 3)).isEqualTo("[r1][r2][r3]");
        assertThat(derived.usedBytes()).as("for this reader only").isZero();
    }
}
