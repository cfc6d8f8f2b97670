package live.telemetry.server.net.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TlsBuffersTest {

    private final TlsBuffers buffers = new TlsBuffers();

    @Test
    void bufferThatIsGivenBackIsGivenOutAgainAndEmpty() {
        ByteBuffer first = buffers.allocate(TlsBuffers.RECORD_BYTES);
        ByteBuffer other = buffers.allocate(TlsBuffers.RECORD_BYTES);
        assertThat(other).isNotSameAs(first);
        first.putInt(1).limit(10);
        buffers.free(first);
        assertThat(buffers.allocate(TlsBuffers.RECORD_BYTES)).isSameAs(first);
        assertThat(first.position()).isZero();
        assertThat(first.remaining()).isEqualTo(TlsBuffers.RECORD_BYTES);
    }

    @Test
    void smallBuffersAreAsSmallAsAskedFor() {
        ByteBuffer small = buffers.allocate(4_096);
        assertThat(small.capacity()).isEqualTo(4_096);
        buffers.free(small);
        assertThat(buffers.allocate(TlsBuffers.RECORD_BYTES).capacity()).isEqualTo(TlsBuffers.RECORD_BYTES);
    }

    @Test
    void onlyAFewAreKept() {
        List<ByteBuffer> given = new ArrayList<>();
        IntStream.range(0, 100).forEach(i -> given.add(buffers.allocate(TlsBuffers.RECORD_BYTES)));
        given.forEach(buffers::free);
        long again = IntStream.range(0, 100)
                .mapToObj(i -> buffers.allocate(TlsBuffers.RECORD_BYTES))
                .filter(buffer -> given.stream().anyMatch(known -> known == buffer))
                .count();
        assertThat(again).isEqualTo(16);
    }
}
