package live.telemetry.browsertests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import live.telemetry.core.MetricSource;
import live.telemetry.core.Sample;
import live.telemetry.core.Topic;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * An hour of records of 20 topics, fed as fast as a thousand a second for each topic, and then as fast as they are. Memory is bounded; what script takes
 * of a frame is told, not judged. {@code -Dtelemetry.dashboard.rate=50} records a second on each topic; 5 unless it is given.
 */
@ExtendWith(InChromium.class)
@Timeout(300)
class DashboardHourIT {

    private static final int TOPICS = 20;
    private static final int RATE = Integer.getInteger("telemetry.dashboard.rate", 5);
    private static final Duration TICK = Duration.ofMillis(100);
    private static final int FED_PER_SECOND = 1_000;
    private static final long RECORDS = 3_600L * RATE;
    private static final String MEGABYTES = "performance.memory.usedJSHeapSize / 1e6";

    private final List<Hour> hours =
            IntStream.range(0, TOPICS).mapToObj(Hour::new).toList();
    private final Wall wall = Wall.of(hours);

    @AfterEach
    void close() {
        wall.close();
    }

    @Test
    void anHourOfRecordsFitsTheMemoryAndTheFrames(Tab tab) {
        tab.size(1440, 1000);
        tab.go(wall.page("?minutes=60"));
        tab.await("document.querySelectorAll('.tile').length === 20");
        tab.element("#badge").click();
        String feeding = whileFeeding(tab);
        tab.await("document.querySelectorAll('.card .uplot').length >= 2");
        // What was fed last is still on its way.
        frames(tab, 600);
        String live = frames(tab, 600);
        tab.collectGarbage();
        long megabytes = tab.number(MEGABYTES);
        System.out.printf(
                "%d records of %d topics: %d MB of heap, %s of history; fed fast: %s; live: %s; lost: %s%n",
                RECORDS * TOPICS, TOPICS, megabytes, fact(tab, "History"), feeding, live, fact(tab, "Lost, in gaps"));
        tab.screenshot("hour-of-records");
        assertThat(megabytes).isLessThan(100);
        // 20 tables of 3,072 rows, a time and two numbers each.
        assertThat(fact(tab, "History")).isEqualTo(RATE >= 5 ? "1.41 MiB" : fact(tab, "History"));
    }

    private String whileFeeding(Tab tab) {
        String figures = frames(tab, 300);
        await().atMost(Duration.ofSeconds(240)).until(() -> hours.stream().allMatch(Hour::isOver));
        return figures;
    }

    /** All script of the tab by the browser's count, by the frames of the same time; and what the page says of its own. */
    private static String frames(Tab tab, int count) {
        tab.run("globalThis.framesSeen = 0; const next = () => { framesSeen++; requestAnimationFrame(next); }; next()");
        double before = tab.metric("ScriptDuration");
        tab.await("framesSeen >= arguments[0]", count);
        double script = tab.metric("ScriptDuration") - before;
        return "%.2f ms of script a frame, of its own %s"
                .formatted(1_000 * script / tab.number("framesSeen"), fact(tab, "Script per frame"));
    }

    private static String fact(Tab tab, String name) {
        return tab.strings("[[...document.querySelectorAll('#facts dt')].find((dt) => dt.textContent === '" + name
                        + "').nextSibling.textContent]")
                .get(0);
    }

    /** An hour that is over, and then the time that passes. One sampling thread at a time. */
    private static final class Hour implements MetricSource {
        private final int number;
        private final Instant end = Instant.now();
        private volatile long made;

        Hour(int number) {
            this.number = number;
        }

        @Override
        public Topic topic() {
            return Topic.of("hour." + number);
        }

        @Override
        public Duration interval() {
            return TICK;
        }

        boolean isOver() {
            return made >= RECORDS;
        }

        @Override
        public List<Sample> sample() {
            long chunk = Math.max(1, (isOver() ? RATE : FED_PER_SECOND) * TICK.toMillis() / 1_000);
            List<Sample> samples = new ArrayList<>();
            for (long i = 0; i < chunk; i++) {
                Instant at = isOver() ? Instant.now() : end.minusMillis(1_000 * (RECORDS - made) / RATE);
                double angle = made / (40.0 * RATE + number);
                samples.add(new Sample(null, new Wave(Math.sin(angle), Math.cos(angle)), at));
                made++;
            }
            return samples;
        }
    }

    private record Wave(double sine, double cosine) {}
}
