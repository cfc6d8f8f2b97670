package live.telemetry.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import live.telemetry.server.log.DetachedRun;
import live.telemetry.server.log.FrameRun;
import org.junit.jupiter.api.Test;

/** A write that is cut anywhere leaves what was begun in the pending bytes, and tells the rest to its owners. */
class WriteBatchTest {

    private final WriteBatch batch = new WriteBatch(0);
    private final Pending pending = new Pending();

    /** Frames {@code <seq>} from 1 to 9, then others that are longer. */
    private static FrameRun run(String name, long first, long last) {
        return new DetachedRun(
                first,
                LongStream.rangeClosed(first, last)
                        .mapToObj(seq -> frame(name, seq).getBytes(StandardCharsets.UTF_8))
                        .toList());
    }

    private static String frame(String name, long seq) {
        return "<" + name + seq + ">";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A reader that stands where the batch says it does, and fills in what lies behind. */
    private static final class Reader implements WriteBatch.Owner {
        private final String name;
        private final List<FrameRun> runs;
        private final long last;
        private long seq;
        private boolean allTaken = true;

        Reader(String name, long last, FrameRun... runs) {
            this.name = name;
            this.runs = List.of(runs);
            this.last = last;
        }

        void fill(WriteBatch into) {
            for (FrameRun run : runs) {
                if (run.lastSeq() > seq) {
                    into.addSlice(this, run, Math.max(run.firstSeq(), seq + 1), run.lastSeq());
                }
            }
        }

        @Override
        public void delivered(long upTo, boolean complete) {
            seq = upTo;
            allTaken = complete;
        }

        @Override
        public void notTaken() {
            allTaken = false;
        }

        String expected() {
            StringBuilder all = new StringBuilder();
            LongStream.rangeClosed(1, last).forEach(each -> all.append(frame(name, each)));
            return all.toString();
        }
    }

    /** As a channel does: takes so many bytes from the buffers, in order. */
    private String write(int most) {
        ByteArrayOutputStream taken = new ByteArrayOutputStream();
        for (int i = 0; i < batch.size() && taken.size() < most; i++) {
            ByteBuffer buffer = batch.buffers()[i];
            while (buffer.hasRemaining() && taken.size() < most) {
                taken.write(buffer.get());
            }
        }
        batch.commit(taken.size(), pending);
        return taken.toString(StandardCharsets.UTF_8);
    }

    private String writeRest() {
        pending.addTo(batch);
        return write(Integer.MAX_VALUE);
    }

    @Test
    void everyByteOfMadeBytesIsKeptWhereverTheWriteIsCut() {
        for (int cut = 0; cut <= 9; cut++) {
            batch.addBytes(bytes("abc"));
            batch.addBytes(bytes("defg"));
            batch.addBytes(bytes("hi"));
            String out = write(cut);
            assertThat(pending.size()).isEqualTo(9 - cut);
            assertThat(out + writeRest()).as("cut at " + cut).isEqualTo("abcdefghi");
            assertThat(pending.isEmpty()).isTrue();
        }
    }

    @Test
    void cutRecordIsFinishedAndTheNextOneIsReadAgain() {
        FrameRun run = run("r", 1, 12);
        int total = run.endOf(12);
        for (int cut = 0; cut <= total; cut++) {
            Reader reader = new Reader("r", 12, run);
            reader.fill(batch);
            String out = write(cut);
            assertThat(pending.size()).as("at most the rest of one record").isLessThan(5);
            out += writeRest();
            assertThat(out)
                    .as("whole records, cut at " + cut)
                    .isEqualTo(reader.expected().substring(0, out.length()));
            assertThat(out.isEmpty() ? 0 : run.endOf(reader.seq))
                    .as("cut at " + cut)
                    .isEqualTo(out.length());
            reader.fill(batch);
            assertThat(out + writeRest()).as("cut at " + cut).isEqualTo(reader.expected());
        }
    }

    /** The second slice was not written at all; that must not be taken for a position behind the first. */
    @Test
    void severalSlicesOfOneReaderAreContinuedWhereTheFirstWasCut() {
        FrameRun first = run("r", 1, 4);
        FrameRun second = run("r", 5, 11);
        FrameRun third = run("r", 12, 13);
        int total = first.endOf(4) + second.endOf(11) + third.endOf(13);
        for (int cut = 0; cut <= total; cut++) {
            Reader reader = new Reader("r", 13, first, second, third);
            reader.fill(batch);
            String out = write(cut) + writeRest();
            reader.fill(batch);
            assertThat(out + writeRest()).as("cut at " + cut).isEqualTo(reader.expected());
            assertThat(reader.seq).isEqualTo(13);
        }
    }

    @Test
    void madeBytesBetweenSlicesGoOutBeforeTheSlicesThatWereNotTaken() {
        FrameRun ofA = run("a", 1, 3);
        FrameRun ofB = run("b", 1, 3);
        int total = 3 + ofA.endOf(3) + 3 + ofB.endOf(3);
        for (int cut = 0; cut <= total; cut++) {
            Reader a = new Reader("a", 3, ofA);
            Reader b = new Reader("b", 3, ofB);
            batch.addBytes(bytes("(1)"));
            a.fill(batch);
            batch.addBytes(bytes("(2)"));
            b.fill(batch);
            String out = write(cut) + writeRest();
            a.fill(batch);
            b.fill(batch);
            out += writeRest();
            assertThat(out.replaceAll("<b\\d>|\\(\\d\\)", ""))
                    .as("cut at " + cut)
                    .isEqualTo(a.expected());
            assertThat(out.replaceAll("<a\\d>|\\(\\d\\)", ""))
                    .as("cut at " + cut)
                    .isEqualTo(b.expected());
            assertThat(out.replaceAll("<..>", "")).as("cut at " + cut).isEqualTo("(1)(2)");
            assertThat(out.indexOf("(2)")).as("made for b, cut at " + cut).isLessThan(out.indexOf("<b1>"));
        }
    }

    @Test
    void manyCutsInARowLoseNothing() {
        for (int step = 1; step <= 7; step++) {
            Reader reader = new Reader("r", 30, run("r", 1, 9), run("r", 10, 30));
            StringBuilder out = new StringBuilder();
            for (int writes = 0; writes <= reader.expected().length() / step; writes++) {
                pending.addTo(batch);
                reader.fill(batch);
                out.append(write(step));
            }
            assertThat(out.toString()).isEqualTo(reader.expected());
        }
    }

    @Test
    void readerLearnsWhetherItsPeerIsSlow() {
        FrameRun run = run("r", 1, 3);
        Reader reader = new Reader("r", 3, run);
        reader.fill(batch);
        write(run.endOf(3) - 1);
        assertThat(reader.allTaken).as("the last record was begun").isTrue();
        writeRest();

        reader.seq = 0;
        reader.fill(batch);
        write(run.endOf(2));
        assertThat(reader.allTaken).isFalse();
    }

    @Test
    void deliveredRecordsAreCountedOnce() {
        FrameRun run = run("r", 1, 9);
        Reader reader = new Reader("r", 9, run);
        reader.fill(batch);
        long counted = batch.commit(run.endOf(4) + 1, pending);
        assertThat(counted).as("four, and the one that is cut").isEqualTo(5);
        pending.addTo(batch);
        reader.fill(batch);
        assertThat(batch.commit(batch.bytes(), pending)).isEqualTo(4);
    }

    @Test
    void largePendingBytesStayWhereTheyAre() {
        byte[] large = new byte[1 << 20];
        batch.addBytes(large);
        batch.commit(10, pending);
        ByteBuffer before = onlyBuffer();
        for (int left = large.length - 10; left > 100_000; left -= 100_000) {
            pending.addTo(batch);
            before.position(before.position() + 100_000);
            batch.commit(100_000, pending);
            assertThat(pending.size()).isEqualTo(left - 100_000);
            assertThat(onlyBuffer()).as("nothing is copied").isSameAs(before);
        }
    }

    private ByteBuffer onlyBuffer() {
        pending.addTo(batch);
        ByteBuffer only = batch.buffers()[0];
        batch.commit(0, pending);
        return only;
    }

    @Test
    void whatIsKeptBehindPendingBytesFollowsThem() {
        for (int cut = 0; cut <= 10; cut++) {
            batch.addBytes(bytes("abcdef"));
            String out = write(2);
            pending.addTo(batch);
            batch.addBytes(bytes("ghij"));
            batch.addBytes(bytes("kl"));
            out += write(cut);
            assertThat(out + writeRest()).as("cut at " + cut).isEqualTo("abcdefghijkl");
        }
    }

    @Test
    void batchIsFullAtItsBounds() {
        for (int parts = 0; batch.hasRoom(); parts++) {
            batch.addBytes(new byte[1]);
            assertThat(parts).isLessThan(600);
        }
        // Whoever found room may add an announcement, a gap and an epoch before it looks again.
        batch.addBytes(new byte[1]);
        batch.addBytes(new byte[1]);
        assertThat(batch.size()).isLessThanOrEqualTo(batch.buffers().length);
        batch.commit(batch.bytes(), pending);

        batch.addBytes(new byte[WriteBatch.MAX_COPIED]);
        assertThat(batch.hasRoom()).isFalse();
        batch.commit(batch.bytes(), pending);

        List<byte[]> frames = new ArrayList<>();
        frames.add(new byte[WriteBatch.MAX_BYTES]);
        batch.addSlice(new Reader("r", 1), new DetachedRun(1, frames), 1, 1);
        assertThat(batch.hasRoom()).isFalse();
        assertThat(batch.room()).isPositive();
    }
}
