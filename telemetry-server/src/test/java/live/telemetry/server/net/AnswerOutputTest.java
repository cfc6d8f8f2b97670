package live.telemetry.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import live.telemetry.server.net.http.HttpAnswer;
import live.telemetry.server.session.Pending;
import live.telemetry.server.session.WriteBatch;
import org.junit.jupiter.api.Test;

class AnswerOutputTest {

    private final AnswerOutput output = new AnswerOutput();
    private final WriteBatch batch = new WriteBatch(0);
    private final Pending pending = new Pending();
    private final ByteBuffer received = ByteBuffer.allocate(1 << 20);

    /** As a connection does it, whose peer takes so much. */
    private void write(int taken) {
        pending.addTo(batch);
        if (batch.bytes() == 0) {
            output.fill(batch);
        }
        int left = taken;
        for (int i = 0; i < batch.size(); i++) {
            ByteBuffer part = batch.buffers()[i];
            while (part.hasRemaining() && left-- > 0) {
                received.put(part.get());
            }
        }
        batch.commit(Math.min(taken, batch.bytes()), pending);
    }

    private byte[] received() {
        return Arrays.copyOf(received.array(), received.position());
    }

    @Test
    void aPeerThatTakesNothingHasOnePartKept() {
        output.write(HttpAnswer.of(200, "text/plain", new byte[500_000]));
        write(10);
        assertThat(pending.size()).isLessThan(AnswerOutput.PART_BYTES + 1_000);
        assertThat(output.isWaiting()).isTrue();
    }

    @Test
    void allOfItComesInOrderHoweverItIsTaken() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] body = new byte[300_000];
        random.nextBytes(body);
        HttpAnswer answer = HttpAnswer.of(200, "text/plain", body);
        output.write(answer);
        while (output.isWaiting() || !pending.isEmpty()) {
            write(1 + random.nextInt(100_000));
        }
        byte[] head = answer.head();
        assertThat(received())
                .as("seed %d", seed)
                .startsWith(head)
                .endsWith(body)
                .hasSize(head.length + body.length);
    }

    @Test
    void whatWasNotBegunIsReplaced() {
        output.write(HttpAnswer.continueBytes());
        HttpAnswer answer = HttpAnswer.json(413, "{}");
        output.write(answer);
        write(1_000);
        assertThat(received()).startsWith(answer.head()).hasSize(answer.head().length + 2);
        assertThat(output.isWaiting()).isFalse();
    }

    @Test
    void nothingIsKeptOfWhatIsGone() {
        AtomicInteger gone = new AtomicInteger();
        output.write(HttpAnswer.of(200, "text/plain", new byte[500_000]));
        output.whenGone(gone::incrementAndGet);
        output.gone();
        output.gone();
        assertThat(output.isWaiting()).isFalse();
        assertThat(gone).hasValue(1);
    }
}
