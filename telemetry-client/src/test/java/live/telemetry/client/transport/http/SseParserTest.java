package live.telemetry.client.transport.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SseParserTest {

    /** Everything that comes, in words. */
    private static final class Seen implements SseParser.Events {

        private final List<String> all = new ArrayList<>();

        @Override
        public void event(String type, String data, String lastEventId) {
            all.add(type + '|' + data + '|' + lastEventId);
        }

        @Override
        public void comment() {
            all.add("comment");
        }

        @Override
        public void retry(long millis) {
            all.add("retry " + millis);
        }
    }

    private static List<String> parse(String stream) {
        Seen seen = new Seen();
        new SseParser(1_000, seen).feed(bytes(stream));
        return seen.all;
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void anEventIsItsDataUpToAnEmptyLine() {
        assertThat(parse("data: {\"a\":1}\n\n")).containsExactly("message|{\"a\":1}|");
    }

    @Test
    void linesEndInEachOfTheThreeWays() {
        assertThat(parse("data: a\n\ndata: b\r\rdata: c\r\n\r\ndata: d\r\n\ndata: e\n\r\n"))
                .containsExactly("message|a|", "message|b|", "message|c|", "message|d|", "message|e|");
    }

    @Test
    void severalLinesOfDataAreOneEvent() {
        assertThat(parse("data: a\ndata:b\ndata:  c\n\n")).containsExactly("message|a\nb\n c|");
    }

    @Test
    void emptyDataIsAnEventAndNoDataIsNone() {
        assertThat(parse("data\n\ndata:\ndata\n\nevent: x\n\nid: 1\n\ndata: b\n\n"))
                .containsExactly("message||", "message|\n|", "message|b|1");
    }

    @Test
    void anIdStaysUntilAnotherOneIsNamedAndHasNoNull() {
        assertThat(parse("id: 1\ndata: a\n\ndata: b\n\nid: x\0y\ndata: c\n\nid\ndata: d\n\n"))
                .containsExactly("message|a|1", "message|b|1", "message|c|1", "message|d|");
    }

    @Test
    void aTypeIsThatOfItsEventOnly() {
        assertThat(parse("event: ping\ndata: a\n\ndata: b\n\n")).containsExactly("ping|a|", "message|b|");
    }

    @Test
    void commentsRetriesAndUnknownFieldsAreNoEvents() {
        assertThat(parse(": hello\nretry: 1500\nretry: 1x\nfoo: bar\ndata x: 1\n\n"))
                .containsExactly("comment", "retry 1500");
    }

    @Test
    void aByteOrderMarkIsSkippedAtTheBeginningOnly() {
        assertThat(parse("\uFEFFdata: a\n\n\uFEFFdata: b\n\n")).containsExactly("message|a|");
    }

    @Test
    void whatIsNotEndedByAnEmptyLineIsNoEvent() {
        assertThat(parse("data: a\n")).isEmpty();
    }

    @Test
    void aLineAndAnEventAreBounded() {
        SseParser line = new SseParser(100, new Seen());
        line.feed(bytes("data: " + "x".repeat(90)));
        assertThatThrownBy(() -> line.feed(bytes("yyyyyyyyyyyy")))
                .isInstanceOf(SseParser.TooLargeException.class)
                .hasMessageContaining("100");

        SseParser event = new SseParser(100, new Seen());
        assertThatThrownBy(() -> event.feed(bytes("data: 0123456789\n".repeat(10))))
                .isInstanceOf(SseParser.TooLargeException.class);
    }

    @Test
    void howAStreamIsCutIntoPartsMakesNoDifference() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String[] lines = {
            "data: {\"x\":\"ä€😀\"}",
            "data",
            "data:",
            "id: k:1",
            "id",
            ": c",
            "retry: 20",
            "event: e",
            "",
            "",
            "",
            "foo"
        };
        for (int round = 0; round < 500; round++) {
            StringBuilder stream = new StringBuilder(random.nextInt(4) == 0 ? "\uFEFF" : "");
            for (int i = 0; i < 30; i++) {
                stream.append(lines[random.nextInt(lines.length)])
                        .append(List.of("\n", "\r", "\r\n").get(random.nextInt(3)));
            }
            byte[] whole = stream.toString().getBytes(StandardCharsets.UTF_8);
            Seen atOnce = new Seen();
            new SseParser(10_000, atOnce).feed(ByteBuffer.wrap(whole));
            Seen inParts = new Seen();
            SseParser parser = new SseParser(10_000, inParts);
            for (int from = 0; from < whole.length; ) {
                int length = Math.min(1 + random.nextInt(random.nextBoolean() ? 3 : 40), whole.length - from);
                parser.feed(ByteBuffer.wrap(whole, from, length));
                from += length;
            }
            assertThat(inParts.all).as("seed %d, round %d", seed, round).isEqualTo(atOnce.all);
        }
    }
}
