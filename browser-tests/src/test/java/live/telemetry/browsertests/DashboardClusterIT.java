package live.telemetry.browsertests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import live.telemetry.core.MetricSource;
import live.telemetry.dashboard.Dashboard;
import live.telemetry.examples.cluster.DemoRedis;
import live.telemetry.redis.RedisBroadcaster;
import live.telemetry.server.TelemetryServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two browsers, each at a node of its own, and one Redis behind both. */
@ExtendWith(InChromium.class)
@Timeout(90)
class DashboardClusterIT {

    private static final String BADGE = "document.querySelector('#badge-text').textContent";
    private static final String NODE =
            "[...document.querySelectorAll('#facts dt')].find((dt) => dt.textContent === 'Node')?.nextSibling.textContent";
    /** Time and values of the rows of all tables, once the page is paused. */
    private static final String HISTORY =
            "[...document.querySelectorAll('.table table:last-child tbody tr')].map((row) => row.innerText)";

    /** In the order in which they were started. */
    private final List<AutoCloseable> parts = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        Collections.reverse(parts);
        for (AutoCloseable part : parts) {
            part.close();
        }
    }

    @Test
    void bothShowTheSameAndGoOnWhenANodeIsGone(Tab one) throws IOException {
        int[] ports = {freePort(), freePort()};
        DemoRedis redis = DemoRedis.start();
        parts.add(redis);
        try (Chromium other = Chromium.start();
                Tab two = Tab.open(other.driver())) {
            TelemetryServer first = node("one", ports[0], ports[1], redis, List.of());
            TelemetryServer second = node("two", ports[1], ports[0], redis, List.of(Metrics.queues()));
            one.expectMessages("SEVERE .*(WebSocket|Failed to load resource).*");
            for (Tab tab : List.of(one, two)) {
                tab.size(1200, 800);
            }
            one.go(first.uri().resolve("/?minutes=1"));
            two.go(second.uri().resolve("/?minutes=1"));
            for (Tab tab : List.of(one, two)) {
                tab.await(BADGE + ".startsWith('Live')");
                tab.await("document.querySelectorAll('.card .uplot').length === 1");
                tab.element(".card .quiet").click();
                tab.element("#badge").click();
            }
            one.await(NODE + " === 'one'");
            two.await(NODE + " === 'two'");
            awaitSame(one, two);

            String before = one.strings(HISTORY).get(0);
            first.close();
            one.await(NODE + " === 'two' && " + BADGE + ".startsWith('Live')");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> !one.strings(HISTORY).contains(before));
            awaitSame(one, two);
            assertThat(one.number("Number(document.querySelector('#lost').textContent)"))
                    .isZero();
            one.screenshot("moved");
        }
    }

    /** Both have rows of the same moments, and those are the same; the newest may be on its way to one of them. */
    private static void awaitSame(Tab one, Tab two) {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            List<String> left = one.strings(HISTORY);
            List<String> right = two.strings(HISTORY);
            assertThat(left).hasSizeGreaterThan(5);
            assertThat(left.stream().filter(right::contains).count()).isGreaterThan(left.size() / 2L);
        });
    }

    private TelemetryServer node(String name, int port, int otherPort, DemoRedis redis, List<MetricSource> sources) {
        TelemetryServer node = TelemetryServer.builder()
                .node(name)
                .port(port)
                .allowAnonymous()
                .allowedOrigins("http://127.0.0.1:" + otherPort)
                .broadcaster(RedisBroadcaster.builder().uri(redis.uri()).build())
                .sources(sources)
                .pages(
                        "/",
                        Dashboard.DEFAULT
                                .withOtherServers(URI.create("http://127.0.0.1:" + otherPort + "/telemetry"))
                                .toPages())
                .build()
                .start();
        parts.add(node);
        return node;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
