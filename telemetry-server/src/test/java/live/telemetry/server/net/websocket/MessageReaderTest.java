package live.telemetry.server.net.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import live.telemetry.server.session.CloseReason;
import org.java_websocket.drafts.Draft_6455;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class MessageReaderTest {

    private static final int MAX = 1_000;
    private static final int FIN = ClientFrame.FIN;

    private final Random random = new Random(7);
    private final Heard heard = new Heard();
    private long now = 5;
    private final Draft_6455 engine = new Draft_6455(List.of(), MAX);
    private final MessageReader reader = new MessageReader(engine, MAX, () -> now, heard);

    private static final class Heard implements MessageReader.Listener {
        final List<String> events = new ArrayList<>();

        @Override
        public void onText(String text) {
            events.add("text " + text);
        }

        @Override
        public void onPing(byte[] payload) {
            events.add("ping " + new String(payload, StandardCharsets.UTF_8));
        }

        @Override
        public void onPong() {
            events.add("pong");
        }

        @Override
        public void onClose() {
            events.add("close");
        }

        @Override
        public void onViolation(CloseReason reason) {
            events.add("violation " + reason.code());
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void read(int firstByte, byte[] payload) {
        ByteBuffer in = ByteBuffer.wrap(ClientFrame.of(firstByte, payload).bytes(random));
        reader.read(in);
        assertThat(in.hasRemaining()).isFalse();
    }

    /** A conversation that is cut at random places is heard as if it had come in one piece. */
    @RepeatedTest(300)
    void whatIsHeardDoesNotDependOnTheCuts() {
        long seed = System.nanoTime();
        Random cuts = new Random(seed);
        List<String> expected = new ArrayList<>();
        byte[] bytes = conversation(cuts, expected);
        int begin = 0;
        while (begin < bytes.length) {
            int length = Math.min(1 + cuts.nextInt(cuts.nextBoolean() ? 4 : 700), bytes.length - begin);
            // As the loop does it: the same array again and again.
            byte[] shared = new byte[1_024];
            System.arraycopy(bytes, begin, shared, 0, length);
            reader.read(ByteBuffer.wrap(shared, 0, length));
            Arrays.fill(shared, (byte) 'x');
            begin += length;
        }
        assertThat(heard.events).as("seed " + seed).isEqualTo(expected);
    }

    private byte[] conversation(Random choice, List<String> expected) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = choice.nextInt(6); i >= 0; i--) {
            String text = "€uro".repeat(choice.nextInt(100));
            byte[] utf8 = utf8(text);
            int fragments = 1 + choice.nextInt(4);
            int from = 0;
            for (int f = 0; f < fragments; f++) {
                int to = f == fragments - 1 ? utf8.length : from + choice.nextInt(utf8.length - from + 1);
                int first = (f == 0 ? 1 : 0) | (f == fragments - 1 ? FIN : 0);
                if (f > 0 && choice.nextBoolean()) {
                    all.writeBytes(ClientFrame.of(FIN | 9, utf8("p" + i)).bytes(choice));
                    expected.add("ping p" + i);
                }
                all.writeBytes(ClientFrame.of(first, Arrays.copyOfRange(utf8, from, to))
                        .bytes(choice));
                from = to;
            }
            expected.add("text " + text);
        }
        int end = choice.nextInt(4);
        int[] last = {FIN | 8, FIN | 2, 0x90 | 1, FIN | 3};
        all.writeBytes(ClientFrame.of(last[end], new byte[0]).bytes(choice));
        expected.add(new String[] {"close", "violation 1003", "violation 1002", "violation 1002"}[end]);
        // Nobody listens to what comes behind.
        all.writeBytes(ClientFrame.of(FIN | 1, utf8("late")).bytes(choice));
        return all.toByteArray();
    }

    @Test
    void messageOfExactlyTheBoundPasses() {
        String text = "x".repeat(MAX);
        read(FIN | 1, utf8(text));
        assertThat(heard.events).containsExactly("text " + text);
    }

    @Test
    void fragmentsAddUp() {
        read(1, new byte[MAX / 2]);
        read(0, new byte[MAX / 2]);
        assertThat(heard.events).isEmpty();
        read(0, new byte[1]);
        assertThat(heard.events).containsExactly("violation 1009");
    }

    @Test
    void emptyFragmentsAreFine() {
        read(1, new byte[0]);
        read(0, new byte[0]);
        read(FIN, new byte[0]);
        assertThat(heard.events).containsExactly("text ");
    }

    @Test
    void aCharacterMayBeCutByFragments() {
        byte[] euro = utf8("€");
        read(1, Arrays.copyOf(euro, 1));
        read(0, Arrays.copyOfRange(euro, 1, 2));
        read(FIN, Arrays.copyOfRange(euro, 2, 3));
        assertThat(heard.events).containsExactly("text €");
    }

    @Test
    void closeWithAReasonThatIsNotUtf8() {
        read(FIN | 8, new byte[] {3, (byte) 0xE8, (byte) 0xFF});
        assertThat(heard.events).containsExactly("violation 1002");
    }

    @Test
    void messagesOfTheSameConnectionDoNotMix() {
        read(FIN | 1, utf8("one"));
        read(FIN | 1, utf8("two"));
        assertThat(heard.events).containsExactly("text one", "text two");
    }

    @Test
    void messageIsUnfinishedFromItsFirstByte() {
        assertThat(reader.isUnfinished()).isFalse();
        byte[] first = ClientFrame.of(1, utf8("on")).bytes(random);
        reader.read(ByteBuffer.wrap(Arrays.copyOf(first, 1)));
        assertUnfinishedSince(5);
        now = 6;
        reader.read(ByteBuffer.wrap(Arrays.copyOfRange(first, 1, first.length)));
        assertUnfinishedSince(5);
        read(FIN | 9, utf8("in between"));
        read(0, new byte[0]);
        assertUnfinishedSince(5);
        read(FIN, utf8("e"));
        assertThat(reader.isUnfinished()).isFalse();
        assertThat(heard.events).containsExactly("ping in between", "text one");
    }

    @Test
    void nextMessageHasItsOwnBeginning() {
        read(1, utf8("on"));
        now = 6;
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(ClientFrame.of(FIN, utf8("e")).bytes(random));
        both.writeBytes(ClientFrame.of(1, utf8("tw")).bytes(random));
        reader.read(ByteBuffer.wrap(both.toByteArray()));
        assertThat(heard.events).containsExactly("text one");
        assertUnfinishedSince(6);
    }

    private void assertUnfinishedSince(long nanos) {
        assertThat(reader.isUnfinished()).isTrue();
        assertThat(reader.unfinishedSinceNanos()).isEqualTo(nanos);
    }

    @Test
    void whatOneConnectionBrokeOrLeftUnfinishedIsNothingToTheOthersOfItsEngine() {
        Heard otherHeard = new Heard();
        MessageReader other = new MessageReader(engine, MAX, () -> now, otherHeard);
        byte[] cut = ClientFrame.of(FIN | 1, utf8("cut")).bytes(random);

        other.read(ByteBuffer.wrap(Arrays.copyOf(cut, cut.length - 1)));
        read(0x01, utf8("frag"));
        read(FIN | 0x40 | 1, utf8("reserved bit"));
        other.read(ByteBuffer.wrap(new byte[] {cut[cut.length - 1]}));

        assertThat(heard.events).containsExactly("violation 1002");
        assertThat(otherHeard.events).containsExactly("text cut");
    }
}
