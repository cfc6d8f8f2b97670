package live.telemetry.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a fault of one connection does to the others of its loop: nothing. */
class EventLoopIT {

    private static void say(Socket peer, String text) throws IOException {
        peer.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String hear(Socket peer, int bytes) throws IOException {
        return new String(peer.getInputStream().readNBytes(bytes), StandardCharsets.US_ASCII);
    }

    private static void awaitOpen(LoopRig rig, int connections) {
        Awaitility.await()
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(() -> assertThat(rig.counters.open()).isEqualTo(connections));
    }

    @ParameterizedTest
    @ValueSource(strings = {"throw while reading", "throw while writing", "error while reading", "error while writing"})
    void faultOfOneConnectionEndsThatOneOnly(String fault) throws IOException {
        try (LoopRig rig = new LoopRig().start();
                Socket faulty = rig.connect(ScriptedHandler::new);
                Socket other = rig.connect(ScriptedHandler::new)) {
            say(faulty, fault);
            assertThat(faulty.getInputStream().read()).isEqualTo(-1);
            say(other, "hello");
            // Not a byte of what was being written to the other one.
            assertThat(hear(other, 5)).isEqualTo("hello");
            awaitOpen(rig, 1);
        }
    }

    @Test
    void faultThatCannotEvenBeLoggedEndsNoOtherConnection() throws IOException {
        try (LoopRig rig = new LoopRig().start();
                Socket faulty = rig.connect(connection -> new ScriptedHandler(connection) {
                    @Override
                    public void onInput(ByteBuffer in) {
                        throw new Unspeakable();
                    }
                });
                Socket other = rig.connect(ScriptedHandler::new)) {
            say(faulty, "x");
            say(other, "hello");
            assertThat(hear(other, 5)).isEqualTo("hello");
            say(other, "again");
            assertThat(hear(other, 5)).isEqualTo("again");
            assertThat(faulty.getInputStream().read()).isEqualTo(-1);
        }
    }

    private static final class Unspeakable extends RuntimeException {
        @Override
        public String getMessage() {
            throw new IllegalStateException("asked to");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void handlerThatCannotBeMadeLeavesNothing(boolean error) throws IOException {
        try (LoopRig rig = new LoopRig().start();
                Socket peer = rig.connect(connection -> {
                    if (error) {
                        throw new StackOverflowError("asked to");
                    }
                    throw new IllegalStateException("asked to");
                })) {
            assertThat(peer.getInputStream().read()).isEqualTo(-1);
            awaitOpen(rig, 0);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void taskThatFailsEndsNothing(boolean error) throws Exception {
        try (LoopRig rig = new LoopRig().start()) {
            CountDownLatch done = new CountDownLatch(1);
            rig.loop.execute(() -> {
                if (error) {
                    throw new StackOverflowError("asked to");
                }
                throw new IllegalStateException("asked to");
            });
            rig.loop.execute(done::countDown);
            assertThat(done.await(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void connectionThatFailsToCloseKeepsNoOtherOpen() throws IOException {
        try (LoopRig rig = new LoopRig().start();
                Socket first = rig.connect(FailingToClose::new);
                Socket second = rig.connect(FailingToClose::new)) {
            say(first, "1");
            say(second, "2");
            hear(first, 1);
            hear(second, 1);
            rig.loop.stop(1_000);
            assertThat(first.getInputStream().read()).isEqualTo(-1);
            assertThat(second.getInputStream().read()).isEqualTo(-1);
            awaitOpen(rig, 0);
        }
    }

    private static final class FailingToClose extends ScriptedHandler {
        FailingToClose(Connection connection) {
            super(connection);
        }

        @Override
        public void onClosed() {
            throw new IllegalStateException("asked to");
        }
    }

    @Test
    void socketThatComesAfterTheEndIsClosed() throws IOException {
        try (LoopRig rig = new LoopRig().start()) {
            rig.loop.stop(1_000);
            try (Socket peer = rig.connect(ScriptedHandler::new)) {
                assertThat(peer.getInputStream().read()).isEqualTo(-1);
                awaitOpen(rig, 0);
            }
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void loopThatNeverRanLeavesNoSelector() throws IOException {
        new LoopRig().close();
        long before = openFiles();
        for (int i = 0; i < 50; i++) {
            new LoopRig().close();
        }
        assertThat(openFiles()).isLessThan(before + 25);
    }

    private static long openFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }
}
