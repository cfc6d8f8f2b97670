package live.telemetry.examples.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ClusterDemoIT {

    @Test
    void itsClientMovesAndHasEveryRecordOnce() throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        SequenceCheck.Count count;
        try (RunningCluster cluster = RunningCluster.start(new PrintStream(printed, true, StandardCharsets.UTF_8))) {
            count = cluster.run(Duration.ofSeconds(4));
        }

        String output = printed.toString(StandardCharsets.UTF_8);
        assertThat(count.flawless()).as(output).isTrue();
        assertThat(count.records()).isPositive();
        assertThat(output)
                .containsPattern("node-\\d ends")
                .containsPattern("node-\\d is back")
                .containsPattern("client moved [1-9]");
        assertThat(output).contains("0 missing, 0 duplicates");
    }
}
