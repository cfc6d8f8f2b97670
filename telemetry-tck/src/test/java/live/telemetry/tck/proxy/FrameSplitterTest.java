package live.telemetry.tck.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameSplitterTest {

    private final List<Frame> frames = new ArrayList<>();
    private final FrameSplitter splitter = new FrameSplitter(frames::add);

    private void feed(byte[] bytes) {
        splitter.feed(bytes, 0, bytes.length);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125, 126, 127, 65_535, 65_536, 1_000_000})
    void aPayloadOfAnyLengthIsFoundBehindItsHead(int length) {
        byte[] payload = new byte[length];
        new Random(length).nextBytes(payload);
        byte[] encoded = Frames.frame(Frames.FINAL | 0x2, payload);

        feed(encoded);

        assertThat(frames).singleElement().satisfies(frame -> {
            assertThat(frame.payload()).isEqualTo(payload);
            assertThat(frame.encoded()).isEqualTo(encoded);
            assertThat(frame.opcode()).isEqualTo(2);
        });
    }

    @Test
    void whereTheReadsCutTheStreamMakesNoDifference() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> texts = new ArrayList<>();
        byte[] stream = new byte[0];
        for (int i = 0; i < 60; i++) {
            int length = i % 20 == 19 ? 65_536 + random.nextInt(10) : random.nextInt(300);
            texts.add("ü" + "x".repeat(length));
            stream = Frames.join(stream, Frames.text(texts.get(i)));
        }

        for (int from = 0; from < stream.length; ) {
            int count = Math.min(stream.length - from, 1 + random.nextInt(random.nextBoolean() ? 3 : 5_000));
            splitter.feed(stream, from, count);
            from += count;
        }

        assertThat(frames.stream().map(Frame::text).toList())
                .as("seed %d", seed)
                .isEqualTo(texts);
        assertThat(Frames.join(frames.stream().map(Frame::encoded).toArray(byte[][]::new)))
                .as("seed %d", seed)
                .isEqualTo(stream);
    }

    @Test
    void nothingIsHandedOverBeforeTheLastByte() {
        byte[] encoded = Frames.text("whole");
        splitter.feed(encoded, 0, encoded.length - 1);
        assertThat(frames).isEmpty();

        splitter.feed(encoded, encoded.length - 1, 1);
        assertThat(frames).hasSize(1);
    }

    @Test
    void kindsOfFramesAreToldApart() {
        byte[] payload = "part".getBytes(StandardCharsets.UTF_8);
        feed(Frames.frame(Frames.TEXT, payload));
        feed(Frames.frame(Frames.FINAL | Frames.PING, payload));
        feed(Frames.frame(Frames.FINAL | Frames.CONTINUATION, payload));
        feed(Frames.text("whole"));

        assertThat(frames.stream().map(Frame::isFragment)).containsExactly(true, false, true, false);
        assertThat(frames.stream().map(Frame::isControl)).containsExactly(false, true, false, false);
        assertThat(frames.stream().map(Frame::isText)).containsExactly(false, false, false, true);
    }

    @Test
    void whatIsNoServersFrameIsAnError() {
        assertThatThrownBy(() -> feed(new byte[] {(byte) 0x81, (byte) 0x81}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("masked");
    }

    @ParameterizedTest
    @ValueSource(longs = {FrameSplitter.MAX_FRAME_BYTES, Long.MAX_VALUE, -1})
    void aFrameThatIsTooLongToHoldIsAnErrorAtItsHead(long length) {
        byte[] head = ByteBuffer.allocate(10)
                .put((byte) 0x81)
                .put((byte) 127)
                .putLong(length)
                .array();

        assertThatThrownBy(() -> feed(head))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(Long.toUnsignedString(length));
    }
}
