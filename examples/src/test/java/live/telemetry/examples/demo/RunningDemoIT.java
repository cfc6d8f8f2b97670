package live.telemetry.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import live.telemetry.client.ClientListener;
import live.telemetry.client.ClientState;
import live.telemetry.client.StateChange;
import live.telemetry.client.TelemetryClient;
import live.telemetry.examples.cluster.DemoRedis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class RunningDemoIT {

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void itsTokenLetsAClientReadTheHostAndTheLoad() throws Exception {
        try (RunningDemo demo = start("--port=0", "--interval=100ms", "--load-topics=2", "--load-rate=20")) {
            String token = demo.token().orElseThrow();

            assertThat(firstRecords(demo, token, "jvm.heap", 2))
                    .allSatisfy(line -> assertThat(line).contains("\"used\":"));
            assertThat(firstRecords(demo, token, "load.1", 2))
                    .allSatisfy(line -> assertThat(line).contains("\"t\":", "\"pad\":"));
        }
    }

    @Test
    void withoutATokenItRefuses() throws Exception {
        CompletableFuture<ClientState> refused = new CompletableFuture<>();
        try (RunningDemo demo = start("--port=0");
                TelemetryClient client = TelemetryClient.builder()
                        .url(demo.url())
                        .listener(new ClientListener() {
                            @Override
                            public void onStateChange(StateChange change) {
                                if (change.to() == ClientState.UNAUTHORIZED) {
                                    refused.complete(change.to());
                                }
                            }
                        })
                        .build()) {
            client.connect();

            assertThat(refused.get(20, TimeUnit.SECONDS)).isEqualTo(ClientState.UNAUTHORIZED);
        }
    }

    @Test
    void theDashboardIsAtTheRootAndItsAddressCarriesTheTokenWhereNoServerSeesIt() throws Exception {
        try (RunningDemo demo = start("--port=0")) {
            URI dashboard = URI.create(demo.dashboardUrl());
            assertThat(dashboard.getFragment())
                    .isEqualTo("token=" + demo.token().orElseThrow());

            HttpResponse<String> page =
                    http.send(HttpRequest.newBuilder(dashboard).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body()).contains("<title>Telemetry Live</title>");
        }
    }

    @Test
    void anonymousNeedsNoToken() throws Exception {
        try (RunningDemo demo = start("--port=0", "--anonymous")) {
            assertThat(demo.token()).isEmpty();
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(demo.url() + "/health")).build();

            assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).body())
                    .startsWith("{\"status\":");
        }
    }

    @Test
    void twoOnOneRedisShareTheirRecords() throws Exception {
        String secret = "--jwt-secret=0123456789abcdef0123456789abcdef";
        try (DemoRedis redis = DemoRedis.start();
                RunningDemo one = start("--port=0", secret, "--load-topics=1", "--redis=" + redis.uri());
                RunningDemo two = start("--port=0", secret, "--redis=" + redis.uri())) {
            assertThat(firstRecords(two, one.token().orElseThrow(), "load.0", 2))
                    .allSatisfy(line -> assertThat(line).contains("\"pad\":"));
        }
    }

    @Test
    void closesWithinTheTimeThatPeopleWait() {
        RunningDemo demo = start("--port=0", "--load-topics=10", "--load-rate=100");

        long before = System.nanoTime();
        demo.closeWithin(Duration.ofMillis(1_800));

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
    }

    private static RunningDemo start(String... arguments) {
        return RunningDemo.start(DemoOptions.parse(arguments));
    }

    private static List<String> firstRecords(RunningDemo demo, String token, String topic, int count)
            throws InterruptedException {
        BlockingQueue<String> records = new LinkedBlockingQueue<>();
        try (TelemetryClient client =
                TelemetryClient.builder().url(demo.url()).token(token).build()) {
            client.connect();
            client.subscribe(topic, record -> records.add(record.data().text()));
            List<String> first = new ArrayList<>();
            while (first.size() < count) {
                first.add(records.take());
            }
            return first;
        }
    }
}
