package live.telemetry.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import live.telemetry.server.net.Wire.Handshake;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a connection makes of a wire that is more than a socket: it has a handshake, and it holds bytes back. */
class WireIT {

    private static final long TIMEOUT_MILLIS = 300;

    /** Longer than the peer may take, who is not to blame for it. */
    private static final long TASK_MILLIS = 400;

    /** Needs what it is told before it carries bytes, reads two bytes at a time, and writes each byte when it is flushed. */
    private static final class ScriptedWire implements Wire {
        private final PlainWire plain;
        private final Queue<Handshake> needs;
        private final ByteBuffer in = ByteBuffer.allocate(1_000).flip();
        private final ByteBuffer out = ByteBuffer.allocate(1).flip();

        ScriptedWire(SocketChannel socket, List<Handshake> needs) {
            this.plain = new PlainWire(socket);
            this.needs = new ArrayDeque<>(needs);
        }

        @Override
        public Handshake handshake(Runnable resume) throws IOException {
            Handshake need = needs.size() > 1 ? needs.remove() : needs.element();
            if (need == Handshake.NEEDS_TASK) {
                CompletableFuture.delayedExecutor(TASK_MILLIS, TimeUnit.MILLISECONDS)
                        .execute(resume);
            }
            return need;
        }

        @Override
        public long handshakeNanos() {
            return TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MILLIS);
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            if (!in.hasRemaining()) {
                int count = plain.read(in.clear());
                in.flip();
                if (count <= 0) {
                    return count;
                }
            }
            int some = Math.min(2, in.remaining());
            for (int i = 0; i < some; i++) {
                target.put(in.get());
            }
            return some;
        }

        @Override
        public boolean hasInput() {
            return in.hasRemaining();
        }

        @Override
        public long write(ByteBuffer[] sources, int count) {
            out.clear().put(sources[0].get()).flip();
            return 1;
        }

        @Override
        public boolean hasOutput() {
            return out.hasRemaining();
        }

        @Override
        public void flush() throws IOException {
            plain.write(new ByteBuffer[] {out}, 1);
        }

        @Override
        public void shutdownOutput() throws IOException {
            plain.shutdownOutput();
        }

        @Override
        public void close() throws IOException {
            plain.close();
        }
    }

    private static LoopRig rig(Handshake... needs) throws IOException {
        return new LoopRig(socket -> new ScriptedWire(socket, List.of(needs))).start();
    }

    private static void assertEcho(Socket peer, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        peer.getOutputStream().write(bytes);
        assertThat(peer.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
    }

    @Test
    void handlerIsOpenedWhenTheHandshakeIsDone() throws IOException {
        try (LoopRig rig = rig(Handshake.NEEDS_OUTPUT, Handshake.NEEDS_TASK, Handshake.NEEDS_INPUT, Handshake.DONE);
                Socket peer = rig.connect(ScriptedHandler::new)) {
            assertEcho(peer, "hello");
            assertThat(rig.counters.failedHandshakes()).isZero();
        }
    }

    @Test
    void bytesThatTheWireHoldsAreReadAndFlushed() throws IOException {
        try (LoopRig rig = rig(Handshake.DONE);
                Socket peer = rig.connect(ScriptedHandler::new)) {
            for (int i = 1; i < 40; i++) {
                assertEcho(peer, "x".repeat(i));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Handshake.class,
            names = {"NEEDS_INPUT", "NEEDS_OUTPUT"})
    void peerThatTakesTooLongOverItsHandshakeIsCountedAndClosed(Handshake need) throws IOException {
        try (LoopRig rig = rig(need);
                Socket peer = rig.connect(ScriptedHandler::new)) {
            assertThat(peer.getInputStream().read()).isEqualTo(-1);
            Awaitility.await().until(() -> rig.counters.open() == 0);
            assertThat(rig.counters.failedHandshakes()).isEqualTo(1);
        }
    }

    @Test
    void serverThatStopsWaitsForNoHandshake() throws IOException {
        try (LoopRig rig = rig(Handshake.NEEDS_INPUT);
                Socket peer = rig.connect(ScriptedHandler::new)) {
            rig.loop.execute(() -> rig.loop.connections().forEach(connection -> connection.shutDown(1)));
            assertThat(peer.getInputStream().read()).isEqualTo(-1);
            assertThat(rig.counters.failedHandshakes()).isZero();
        }
    }
}
