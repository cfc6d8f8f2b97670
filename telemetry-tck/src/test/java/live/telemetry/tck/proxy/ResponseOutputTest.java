package live.telemetry.tck.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseOutputTest {

    private final ByteArrayOutputStream direct = new ByteArrayOutputStream();
    private final ByteArrayOutputStream rest = new ByteArrayOutputStream();
    private final List<Integer> statuses = new ArrayList<>();
    private final ResponseOutput output = new ResponseOutput(direct, (status, head) -> {
        statuses.add(status);
        direct.writeBytes(head);
        return rest;
    });

    private void send(String text) throws IOException {
        output.write(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void whatFollowsTheHeadGoesWhereTheStatusLeadsHoweverItIsCut() throws IOException {
        String head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";
        String body = "body\r\n\r\nand more";
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String all = head + body;
        for (int from = 0; from < all.length(); ) {
            int to = Math.min(all.length(), from + 1 + random.nextInt(40));
            send(all.substring(from, to));
            from = to;
        }

        assertThat(statuses).as("seed %d", seed).containsExactly(101);
        assertThat(direct).as("seed %d", seed).hasToString(head);
        assertThat(rest).as("seed %d", seed).hasToString(body);
    }

    @Test
    void aHeadThatIsCutOffIsForwardedAtTheEnd() throws IOException {
        send("HTTP/1.1 20");
        output.close();

        assertThat(direct).hasToString("HTTP/1.1 20");
    }

    @ParameterizedTest
    @ValueSource(strings = {"+OK\r\n\r\n$3\r\nabc\r\n", "HTTP/2 101\r\n\r\nx", "HTTP/1.1 what\r\n\r\nx"})
    void whatIsNotHttpPassesAsItIs(String text) throws IOException {
        send(text);

        assertThat(direct).hasToString(text);
        assertThat(statuses).isEmpty();
    }

    @Test
    void aHeadWithoutEndIsGivenUpAtItsBound() throws IOException {
        String text = "HTTP/1.1 200 OK\r\n" + "x".repeat(HeadBuffer.MAX_HEAD_BYTES) + "\r\n\r\nbody";
        send(text);

        assertThat(direct).hasToString(text);
        assertThat(statuses).isEmpty();
    }
}
