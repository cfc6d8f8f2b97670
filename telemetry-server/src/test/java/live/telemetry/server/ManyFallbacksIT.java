package live.telemetry.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Held polls and streams in numbers: neither costs a thread. {@code -Dtelemetry.fallbacks=5000} makes it as many of each; what
 * they take is printed.
 */
class ManyFallbacksIT {

    private static final int COUNT = Integer.getInteger("telemetry.fallbacks", 300);

    @Test
    void heldPollsAndStreamsCostNoThreadAndEachGetsTheRecord() throws Exception {
        List<SocketChannel> peers = new ArrayList<>();
        try (TelemetryServer server = TelemetryServer.builder()
                .port(0)
                .node("many")
                .allowAnonymous()
                .heartbeat(Duration.ofMinutes(10))
                .limits(ServerLimits.DEFAULT.withMaxConnections(2 * COUNT + 10))
                .build()
                .start()) {
            server.publish("a", 1).toCompletableFuture().join();
            long none = heap();
            open(server, peers, "/telemetry/events?topic=a");
            Eventually.that(() -> assertThat(server.stats().streams()).isEqualTo(COUNT));
            int threads = serverThreads();
            long streams = heap();
            open(server, peers, "/telemetry/poll?topic=a");
            Eventually.that(() -> assertThat(server.stats().heldPolls()).isEqualTo(COUNT));
            assertThat(serverThreads()).isEqualTo(threads);
            long polls = heap();

            long before = server.stats().deliveries();
            long begin = System.nanoTime();
            server.publish("a", 2).toCompletableFuture().join();
            Eventually.that(() -> {
                assertThat(server.stats().heldPolls()).isZero();
                assertThat(server.stats().deliveries() - before).isEqualTo(2L * COUNT);
            });
            System.out.printf(
                    "%,d streams and %,d held polls: %d threads of the server, %.1f and %.1f kB of heap each (the peers'"
                            + " sockets included), one record to all in %d ms%n",
                    COUNT,
                    COUNT,
                    threads,
                    (streams - none) / 1e3 / COUNT,
                    (polls - streams) / 1e3 / COUNT,
                    (System.nanoTime() - begin) / 1_000_000);
            assertThat(serverThreads()).isEqualTo(threads);
            expectTheRecord(peers);
        } finally {
            for (SocketChannel peer : peers) {
                peer.close();
            }
        }
    }

    private static void open(TelemetryServer server, List<SocketChannel> peers, String target) throws IOException {
        byte[] request = Frames.utf8("GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        for (int i = 0; i < COUNT; i++) {
            SocketChannel peer = SocketChannel.open(new InetSocketAddress("127.0.0.1", server.port()));
            peers.add(peer);
            peer.write(ByteBuffer.wrap(request));
        }
    }

    /** Every stream and every answer has the second record by now. */
    private static void expectTheRecord(List<SocketChannel> peers) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(4 << 10);
        for (SocketChannel peer : peers) {
            StringBuilder text = new StringBuilder();
            while (text.indexOf("\"seq\":2,\"ts\"") < 0) {
                buffer.clear();
                assertThat(peer.read(buffer)).as(text.toString()).isPositive();
                text.append(new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8));
            }
        }
    }

    private static int serverThreads() {
        return ServerThreads.of("many").size();
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
