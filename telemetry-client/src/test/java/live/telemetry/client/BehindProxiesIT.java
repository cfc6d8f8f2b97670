package live.telemetry.client;

import static live.telemetry.client.transport.TransportKind.LONG_POLL;
import static live.telemetry.client.transport.TransportKind.SSE;
import static live.telemetry.client.transport.TransportKind.WEBSOCKET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import live.telemetry.client.transport.TransportKind;
import live.telemetry.core.Rights;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.envelope.Since;
import live.telemetry.server.TelemetryServer;
import live.telemetry.tck.proxy.FaultProxy;
import live.telemetry.tck.proxy.HttpFault;
import live.telemetry.tck.proxy.Treatment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client behind proxies that stand in the way: it is on a transport that works within ten seconds, and loses nothing. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class BehindProxiesIT {

    /** Generous, since other tests may run beside this one; what it takes is printed. */
    private static final Duration SOON = Duration.ofSeconds(10);

    private static final int RECORDS = 200;

    private final TelemetryServer server =
            TelemetryServer.builder().port(0).allowAnonymous(Rights.ALL).build().start();

    @TempDir
    Path directory;

    @AfterEach
    void close() {
        server.close();
    }

    private void publish(int records) {
        for (int i = 0; i < records; i++) {
            server.publish("host.cpu", Map.of("load", i)).toCompletableFuture().join();
        }
    }

    /** Connects through the port, and reads everything by the transport that is expected to work. */
    private void readsEverythingBy(TransportKind expected, int port) {
        List<TelemetryRecord> heard = new CopyOnWriteArrayList<>();
        publish(RECORDS);
        long begin = System.nanoTime();
        try (TelemetryClient client =
                TelemetryClient.builder().url("http://127.0.0.1:" + port).build()) {
            client.subscribe("host.*", SubscribeOptions.from(Since.START), heard::add);
            client.connect();
            await().atMost(SOON).until(() -> heard.size() >= RECORDS);
            System.out.printf(
                    "%s after %d ms%n",
                    client.stats().transport(), TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
            publish(RECORDS);
            await().atMost(SOON).until(() -> heard.size() >= 2 * RECORDS);
            assertThat(heard)
                    .extracting(TelemetryRecord::seq)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, 2 * RECORDS).boxed().toList());
            assertThat(client.stats().transport()).contains(expected);
            assertThat(client.stats().gaps()).isZero();
            assertThat(client.publish("app.orders", 1)).succeedsWithin(SOON);
        }
    }

    private static void assumeNginx() {
        boolean required = Boolean.parseBoolean(System.getenv("REQUIRE_INTEROP"));
        assumeTrue(required || Nginx.executable().isPresent(), "nginx is not installed");
    }

    // ---- nginx

    @Test
    void nginxByItsDefaultsPassesEventsOn() throws Exception {
        assumeNginx();
        try (Nginx nginx = new Nginx(directory, server.port())) {
            // It takes Upgrade away, and obeys X-Accel-Buffering.
            readsEverythingBy(SSE, nginx.port());
        }
    }

    @Test
    void nginxThatBuffersLeavesLongPolling() throws Exception {
        assumeNginx();
        try (Nginx nginx = new Nginx(directory, server.port(), "proxy_ignore_headers X-Accel-Buffering;")) {
            readsEverythingBy(LONG_POLL, nginx.port());
        }
    }

    @Test
    void nginxThatUpgradesPassesWebSocketOn() throws Exception {
        assumeNginx();
        try (Nginx nginx = new Nginx(
                directory,
                server.port(),
                "proxy_http_version 1.1;",
                "proxy_set_header Upgrade $http_upgrade;",
                "proxy_set_header Connection upgrade;")) {
            readsEverythingBy(WEBSOCKET, nginx.port());
        }
    }

    // ---- what nginx cannot do

    private void behind(HttpFault fault, TransportKind expected) throws Exception {
        try (FaultProxy proxy = FaultProxy.to(server.port())) {
            proxy.http(fault);
            readsEverythingBy(expected, proxy.port());
        }
    }

    @Test
    void upgradesThatAreDroppedSilently() throws Exception {
        behind(HttpFault.onUpgrade(Treatment.SWALLOW), SSE);
    }

    @Test
    void upgradesThatAreRefused() throws Exception {
        behind(HttpFault.onUpgrade(Treatment.BAD_REQUEST), SSE);
    }

    @Test
    void upgradesThatAreAcceptedAndThenSwallowed() throws Exception {
        behind(HttpFault.onUpgrade(Treatment.BLACK_HOLE_AFTER_HEAD), SSE);
    }

    @Test
    void eventsThatAreBuffered() throws Exception {
        behind(HttpFault.onUpgrade(Treatment.SWALLOW).or(HttpFault.onPath("/events", Treatment.BUFFER)), LONG_POLL);
    }

    @Test
    void eventsThatAreSwallowedBehindTheirHead() throws Exception {
        behind(
                HttpFault.onUpgrade(Treatment.BLACK_HOLE_AFTER_HEAD)
                        .or(HttpFault.onPath("/events", Treatment.BLACK_HOLE_AFTER_HEAD)),
                LONG_POLL);
    }
}
