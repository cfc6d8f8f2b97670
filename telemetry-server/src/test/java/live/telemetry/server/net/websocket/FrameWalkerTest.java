package live.telemetry.server.net.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import live.telemetry.server.session.CloseReason;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameWalkerTest {

    private static final int MAX = 70_000;
    private static final int TEXT = ClientFrame.FIN | 1;
    private static final int PING = ClientFrame.FIN | 9;

    private final FrameWalker walker = new FrameWalker(MAX);

    /** Frames of random lengths and notations, cut at random places: each end is found, and no fault. */
    @RepeatedTest(200)
    void findsEveryEndHoweverTheBytesAreCut() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        List<Integer> ends = new ArrayList<>();
        for (int i = random.nextInt(8); i >= 0; i--) {
            all.writeBytes(randomFrame(random).bytes(random));
            ends.add(all.size());
        }
        byte[] bytes = all.toByteArray();
        List<Integer> found = new ArrayList<>();
        int begin = 0;
        while (begin < bytes.length) {
            int length = 1 + random.nextInt(random.nextBoolean() ? 5 : 5_000);
            ByteBuffer piece = ByteBuffer.wrap(bytes, begin, Math.min(length, bytes.length - begin));
            while (piece.hasRemaining()) {
                if (walker.walk(piece)) {
                    found.add(piece.position());
                }
            }
            begin = piece.position();
        }
        assertThat(walker.fault()).as("seed " + seed).isNull();
        assertThat(found).as("seed " + seed).isEqualTo(ends);
    }

    private static ClientFrame randomFrame(Random random) {
        int[] lengths = {0, 1, 125, 126, 127, 1_000, 65_535, 65_536, MAX};
        int length = lengths[random.nextInt(lengths.length)];
        if (length <= 125 && random.nextInt(3) == 0) {
            return ClientFrame.of(PING, new byte[length]);
        }
        // A longer notation than needed is not forbidden to a walker.
        int least = length < 126 ? 0 : length < 1 << 16 ? 2 : 8;
        int[] notations = {0, 2, 8};
        int notation = Math.max(least, notations[random.nextInt(3)]);
        return new ClientFrame(TEXT, true, notation, new byte[length]);
    }

    @RepeatedTest(50)
    void findsTheFrameThatIsNotMasked() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = random.nextInt(4); i > 0; i--) {
            all.writeBytes(randomFrame(random).bytes(random));
        }
        int good = all.size();
        all.writeBytes(new ClientFrame(TEXT, false, 0, new byte[random.nextInt(126)]).bytes(random));
        ByteBuffer in = ByteBuffer.wrap(all.toByteArray());
        while (walker.walk(in)) {
            // To the fault.
        }
        assertThat(walker.fault()).as("seed " + seed).isEqualTo(CloseReason.FRAMING);
        assertThat(in.position()).as("seed " + seed).isEqualTo(good + 2);
        assertThat(walker.walk(in)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {MAX + 1, 1L << 31, 1L << 32, Long.MAX_VALUE, -1, Long.MIN_VALUE, Long.MIN_VALUE + 1})
    void refusesALengthByTheHeadAlone(long length) {
        ByteBuffer head =
                ByteBuffer.allocate(10).put((byte) TEXT).put((byte) 0xFF).putLong(length);
        assertThat(walker.walk(head.flip())).isFalse();
        assertThat(walker.fault()).isEqualTo(CloseReason.TOO_BIG);
    }

    @ParameterizedTest
    @ValueSource(ints = {126, 127})
    void refusesALongControlFrame(int notation) {
        for (int opcode : new int[] {8, 9, 10, 15}) {
            FrameWalker fresh = new FrameWalker(MAX);
            ByteBuffer head = ByteBuffer.wrap(new byte[] {(byte) (0x80 | opcode), (byte) (0x80 | notation)});
            assertThat(fresh.walk(head)).isFalse();
            assertThat(fresh.fault()).isEqualTo(CloseReason.FRAMING);
        }
    }

    @Test
    void aFrameOfExactlyTheBoundPasses() {
        ByteBuffer frame = ByteBuffer.wrap(ClientFrame.of(TEXT, new byte[MAX]).bytes(new Random(1)));
        assertThat(walker.walk(frame)).isTrue();
    }
}
