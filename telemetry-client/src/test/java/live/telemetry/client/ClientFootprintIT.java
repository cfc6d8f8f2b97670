package live.telemetry.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import live.telemetry.core.Rights;
import live.telemetry.server.TelemetryServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a client costs its process while it is connected, and that nothing is left of it afterwards. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ClientFootprintIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final TelemetryServer server =
            TelemetryServer.builder().port(0).allowAnonymous(Rights.ALL).build().start();

    /** Every client, and what only its insides know: the listener. */
    private final List<WeakReference<Object>> made = new ArrayList<>();

    @BeforeEach
    void warmUp() {
        connected(2).forEach(TelemetryClient::close);
        awaitNoClientThreads();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private List<TelemetryClient> connected(int count) {
        List<TelemetryClient> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ClientListener listener = new ClientListener() {};
            TelemetryClient client = TelemetryClient.builder()
                    .url(server.uri())
                    .listener(listener)
                    .build();
            made.add(new WeakReference<>(client));
            made.add(new WeakReference<>(listener));
            client.connect();
            client.subscribe("a.b", record -> {});
            clients.add(client);
        }
        await().atMost(PATIENCE)
                .until(() -> clients.stream().allMatch(client -> client.state() == ClientState.CONNECTED));
        return clients;
    }

    /** How many threads of clients there are of which name, numbers left out. */
    private static Map<String, Long> clientThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(thread -> thread.getName().replaceAll("-\\d+", ""))
                .filter(name -> name.startsWith("telemetry-client") || name.startsWith("WebSocket"))
                .collect(Collectors.groupingBy(name -> name, TreeMap::new, Collectors.counting()));
    }

    private static void awaitNoClientThreads() {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(clientThreads()).isEmpty());
    }

    private static long liveHeapBytes() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long openFiles() {
        Path files = Path.of("/proc/self/fd");
        Assumptions.assumeTrue(Files.isDirectory(files), "needs /proc");
        try (Stream<Path> each = Files.list(files)) {
            return each.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void assertFootprint(int count) {
        long before = liveHeapBytes();
        List<TelemetryClient> clients = connected(count);
        Map<String, Long> threads = clientThreads();
        System.out.printf(
                "%d connected client(s): %s; %d kB of heap each, with the connection's other side%n",
                count, threads, (liveHeapBytes() - before) / count / 1024);
        assertThat(threads.get("telemetry-client")).isEqualTo(count);
        assertThat(threads.getOrDefault("telemetry-client-listener", 0L)).isLessThanOrEqualTo(count);
        assertThat(threads.values().stream().mapToLong(Long::longValue).sum()).isLessThanOrEqualTo(4L * count);
        clients.forEach(TelemetryClient::close);
        awaitNoClientThreads();
    }

    @Test
    void oneClientHasAtMostFourThreads() {
        assertFootprint(1);
    }

    @Test
    void aHundredClientsHaveAHundredTimesAsMany() {
        assertFootprint(100);
    }

    @Test
    void nothingIsLeftOfAThousandClients() {
        long filesBefore = openFiles();
        for (int i = 0; i < 50; i++) {
            List<TelemetryClient> clients = connected(20);
            clients.forEach(TelemetryClient::close);
        }
        awaitNoClientThreads();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(openFiles()).isLessThanOrEqualTo(filesBefore));
        await().atMost(PATIENCE).untilAsserted(() -> {
            System.gc();
            assertThat(made).hasSizeGreaterThan(2_000).allMatch(reference -> reference.refersTo(null));
        });
    }
}
