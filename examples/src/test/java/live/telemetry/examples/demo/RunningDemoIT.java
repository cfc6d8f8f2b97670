package live.telemetry.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class RunningDemoIT {

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void itsTokenOpensAStreamOfTheHostAndOfTheLoad() throws Exception {
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
        try (RunningDemo demo = start("--port=0")) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(demo.url() + "/events?topic=jvm.heap"))
                    .build();

            assertThat(http.send(request, HttpResponse.BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(401);
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
    void closesWithinTheTimeThatPeopleWait() {
        RunningDemo demo = start("--port=0", "--load-topics=10", "--load-rate=100");

        long before = System.nanoTime();
        demo.closeWithin(Duration.ofMillis(1_800));

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
    }

    private static RunningDemo start(String... arguments) {
        return RunningDemo.start(DemoOptions.parse(arguments));
    }

    private List<String> firstRecords(RunningDemo demo, String token, String topic, int count)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(demo.url() + "/events?topic=" + topic))
                .header("Authorization", "Bearer " + token)
                .build();
        HttpResponse<Stream<String>> response = http.send(request, HttpResponse.BodyHandlers.ofLines());
        assertThat(response.statusCode()).isEqualTo(200);
        try (Stream<String> lines = response.body()) {
            return lines.filter(line -> line.startsWith("data:") && line.contains("\"type\":\"data\""))
                    .limit(count)
                    .toList();
        }
    }
}
