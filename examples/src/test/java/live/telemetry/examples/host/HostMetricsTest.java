package live.telemetry.examples.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import live.telemetry.core.MetricSource;
import live.telemetry.core.Sample;
import live.telemetry.core.json.JsonData;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On the real machine: what it says is plausible and can be written as JSON. */
class HostMetricsTest {

    private final List<MetricSource> sources = HostMetrics.sources(Duration.ofMillis(500));

    @Test
    void hasATopicForEachPartOfTheJvm() {
        assertThat(sources)
                .extracting(source -> source.topic().name())
                .doesNotHaveDuplicates()
                .contains("host.disk", "jvm.heap", "jvm.gc", "jvm.threads");
    }

    @Test
    void disksAreNotAskedAsOftenAsTheRest() {
        assertThat(source("jvm.heap").interval()).isEqualTo(Duration.ofMillis(500));
        assertThat(source("host.disk").interval()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void everySourceCanBeSampledAndWrittenAsJson() throws Exception {
        for (MetricSource source : sources) {
            assertThat(JsonData.of(source.sample()).text())
                    .as(source.topic().name())
                    .isNotEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"host.cpu", "jvm.gc"})
    void samplesOfManyThingsHaveKeys(String topic) throws Exception {
        List<?> samples = (List<?>) awaitSample(source(topic));

        assertThat(samples)
                .isNotEmpty()
                .allSatisfy(each -> assertThat(((Sample) each).key()).isNotEmpty());
    }

    @Test
    void cpuHasATotalAndCoresInPercent() throws Exception {
        List<?> samples = (List<?>) awaitSample(source("host.cpu"));

        assertThat(samples).extracting(each -> ((Sample) each).key()).contains("total", "core-0");
        assertThat(samples)
                .allSatisfy(each -> assertThat(((CpuUsage) ((Sample) each).value()).percent())
                        .isBetween(0.0, 100.0));
    }

    @Test
    void heapIsWithinItsMaximum() throws Exception {
        HeapSource.Heap heap = (HeapSource.Heap) source("jvm.heap").sample();

        assertThat(heap.used()).isPositive().isLessThanOrEqualTo(heap.max());
        assertThat(heap.percent()).isBetween(0.0, 100.0);
    }

    private MetricSource source(String topic) {
        return sources.stream()
                .filter(source -> source.topic().name().equals(topic))
                .findFirst()
                .orElseThrow();
    }

    /** Rates need two samples, and ticks of the kernel's clock in between. */
    private static @Nullable Object awaitSample(MetricSource source) {
        return await().until(source::sample, sample -> sample != null);
    }
}
