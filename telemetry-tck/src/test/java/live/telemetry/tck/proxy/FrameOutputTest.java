package live.telemetry.tck.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import live.telemetry.tck.proxy.FrameFault.Verdict;
import org.junit.jupiter.api.Test;

class FrameOutputTest {

    private final ByteArrayOutputStream wire = new ByteArrayOutputStream();
    private final ProxyCounters counters = new ProxyCounters();
    private FrameFault fault = FrameFault.NONE;
    private final FrameOutput output = new FrameOutput(wire, () -> fault, counters);

    private void send(String... texts) throws IOException {
        for (String text : texts) {
            output.write(Frames.text(text));
        }
    }

    private List<String> received() {
        List<String> texts = new ArrayList<>();
        FrameSplitter splitter = new FrameSplitter(frame -> texts.add(frame.text()));
        splitter.feed(wire.toByteArray(), 0, wire.size());
        assertThat(splitter.waitingBytes()).isZero();
        return texts;
    }

    @Test
    void everyThirdMessageIsLostAndCounted() throws IOException {
        fault = FrameFault.dropEvery(3);
        send("1", "2", "3", "4", "5", "6", "7");

        assertThat(received()).containsExactly("1", "2", "4", "5", "7");
        assertThat(counters.snapshot().framesDropped()).isEqualTo(2);
    }

    @Test
    void controlFramesAreNotAmongTheMessages() throws IOException {
        fault = FrameFault.dropEvery(1);
        output.write(Frames.frame(Frames.FINAL | Frames.PING, new byte[] {'p'}));
        send("1");

        assertThat(received()).containsExactly("p");
    }

    @Test
    void oneMessageComesTwice() throws IOException {
        fault = FrameFault.once(frame -> frame.text().contains("b"), Verdict.DUPLICATE);
        send("a", "b1", "b2");

        assertThat(received()).containsExactly("a", "b1", "b1", "b2");
        assertThat(counters.snapshot().framesDuplicated()).isEqualTo(1);
    }

    @Test
    void aHeldMessageComesBehindTheNext() throws IOException {
        fault = FrameFault.matching(frame -> frame.text().startsWith("late"), Verdict.HOLD);
        send("1", "late2", "3", "4", "late5", "late6", "7");

        assertThat(received()).containsExactly("1", "3", "late2", "4", "late6", "late5", "7");
        assertThat(counters.snapshot().framesHeld()).isEqualTo(2);
    }

    @Test
    void aHeldMessageIsNotPutIntoTheMidstOfAFragmentedOne() throws IOException {
        fault = FrameFault.once(Frame::isText, Verdict.HOLD);
        send("late");
        output.write(Frames.frame(Frames.TEXT, new byte[] {'a'}));
        output.write(Frames.frame(Frames.FINAL | Frames.PING, new byte[] {'p'}));
        output.write(Frames.frame(Frames.FINAL | Frames.CONTINUATION, new byte[] {'b'}));

        assertThat(received()).containsExactly("a", "p", "b", "late");
    }

    @Test
    void aHeldMessageComesBeforeTheEnd() throws IOException {
        fault = FrameFault.once(Frame::isText, Verdict.HOLD);
        send("late");
        output.close();

        assertThat(received()).containsExactly("late");
    }

    @Test
    void theFaultMayChangeBetweenMessages() throws IOException {
        send("1");
        fault = FrameFault.dropEvery(1);
        send("2");
        fault = FrameFault.NONE;
        send("3");

        assertThat(received()).containsExactly("1", "3");
    }

    @Test
    void aSeedRepeatsItself() throws IOException {
        String[] texts = IntStream.range(0, 500).mapToObj(String::valueOf).toArray(String[]::new);
        fault = FrameFault.seeded(7, 0.1, 0.1, 0.1);
        send(texts);
        List<String> first = received();
        wire.reset();
        fault = FrameFault.seeded(7, 0.1, 0.1, 0.1);
        send(texts);

        assertThat(received()).isEqualTo(first);
        assertThat(first).isNotEqualTo(List.of(texts));
        ProxyStats stats = counters.snapshot();
        assertThat(first).hasSize((int) (500 - (stats.framesDropped() - stats.framesDuplicated()) / 2));
        assertThat(stats.framesHeld()).isPositive();
    }

    @Test
    void probabilitiesOfMoreThanOneAreRefused() {
        assertThatThrownBy(() -> FrameFault.seeded(1, 0.5, 0.5, 0.5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0.5, 0.5, 0.5");
        assertThatThrownBy(() -> FrameFault.dropEvery(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
