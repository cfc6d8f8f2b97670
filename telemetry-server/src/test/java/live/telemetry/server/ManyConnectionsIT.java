package live.telemetry.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import live.telemetry.core.MetricSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many connections at once, and many one after another. */
class ManyConnectionsIT {

    private final AtomicInteger samples = new AtomicInteger();
    private TelemetryServer server;

    @BeforeEach
    void start() {
        server = TelemetryServer.builder()
                .port(0)
                .allowAnonymous()
                .heartbeat(Duration.ofMinutes(10))
                .source(MetricSource.of("churn.wanted", Duration.ofMillis(20), samples::incrementAndGet)
                        .whileSubscribed())
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void everyOneOfAThousandAtOnceIsWelcomed() throws Exception {
        try (Fleet fleet = new Fleet(server)) {
            long begin = System.nanoTime();
            fleet.open(1_000);
            Eventually.that(() -> assertThat(fleet.count('w')).isEqualTo(1_000));
            System.out.printf("1,000 connections: %d ms%n", (System.nanoTime() - begin) / 1_000_000);
            assertThat(server.stats().sessions()).isEqualTo(1_000);
            assertThat(fleet.ended()).isZero();
        }
        expectNothingLeft();
    }

    @Test
    void twoThousandThatComeAndGoLeaveNothing() throws Exception {
        churn(1);
        long files = openFiles();
        churn(20);
        assertThat(server.stats().acceptedConnections()).isGreaterThanOrEqualTo(2_100);
        assertThat(openFiles()).isLessThan(files + 20);
        // Nobody watches a topic any more, or this one would still be sampled.
        int before = samples.get();
        Awaitility.await().during(Duration.ofMillis(200)).until(() -> samples.get() <= before + 1);
    }

    private void churn(int rounds) throws Exception {
        for (int round = 1; round <= rounds; round++) {
            try (Fleet fleet = new Fleet(
                    server,
                    "{'type':'subscribe','id':1,'topic':'churn.>'}",
                    "{'type':'subscribe','id':2,'topic':'churn.wanted'}",
                    "{'type':'subscribe','id':3,'topic':'never.born'}")) {
                fleet.open(100);
                Eventually.that(() -> assertThat(fleet.count('s')).isGreaterThanOrEqualTo(300));
            }
        }
        expectNothingLeft();
    }

    private void expectNothingLeft() {
        Eventually.that(() -> {
            assertThat(server.stats().connections()).isZero();
            assertThat(server.stats().sessions()).isZero();
        });
    }

    private static long openFiles() throws IOException {
        Path files = Path.of("/proc/self/fd");
        if (!Files.isDirectory(files)) {
            return 0;
        }
        try (Stream<Path> open = Files.list(files)) {
            return open.count();
        }
    }
}
