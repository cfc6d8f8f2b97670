package live.telemetry.browsertests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import live.telemetry.core.MetricDescription;
import live.telemetry.core.MetricSource;
import live.telemetry.examples.host.HostMetrics;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the dashboard makes of the topics that there are. */
@ExtendWith(InChromium.class)
@Timeout(60)
class DashboardTopicsIT {

    private static final String CARD = ".card[data-topic='%s'] %s";

    private @Nullable Wall wall;

    /** The tab is closed by then: a page that is left alone would tell the console that nobody answers. */
    @AfterEach
    void close() {
        if (wall != null) {
            wall.close();
        }
    }

    @Test
    void metricsOfTheHostAndTheJvmShowUpDescribed(Tab tab) {
        wall = Wall.of(HostMetrics.sources(Duration.ofMillis(200)));
        tab.size(1440, 1000);
        tab.go(wall.page());
        tab.await("[...document.querySelectorAll('main h2')].some((head) => head.textContent.startsWith('JVM'))");
        tab.await("document.querySelector('.tile[title=\"jvm.heap\"] .tile-unit')?.textContent === 'MiB'");
        assertThat(tab.strings("[document.querySelector('.tile[title=\"jvm.heap\"] .tile-title').textContent]"))
                .containsExactly("Heap");
        tab.await("document.querySelectorAll('.card canvas').length >= 3");
        tab.screenshot("host-dark");
    }

    @Test
    void fieldsBecomeLinesOfTheirUnitAndKeysBecomeLinesOfTheirField(Tab tab) {
        wall = Wall.of(List.of(Metrics.orders(), Metrics.queues()));
        tab.size(1440, 1000);
        tab.go(wall.page());
        tab.await("document.querySelectorAll('.card .uplot').length === 2");
        assertThat(lines(tab, "shop.queues")).containsExactly("mail", "pack", "print");
        assertThat(choices(tab, "shop.queues")).containsExactlyInAnyOrder("length", "age");
        assertThat(choices(tab, "shop.orders")).containsExactlyInAnyOrder("open", "taken");
    }

    @Test
    void whatIsNoNumberStandsInTheTable(Tab tab) {
        wall = Wall.of(List.of(
                Metrics.orders(),
                MetricSource.of("shop.sign", Metrics.OFTEN, () -> Map.of("text", "open", "lit", true))));
        tab.size(1440, 1000);
        tab.go(wall.page());
        tab.await(
                "document.querySelector(arguments[0])?.innerText.includes('open')",
                CARD.formatted("shop.sign", ".table"));
        tab.element(CARD.formatted("shop.orders", ".quiet")).click();
        tab.await(
                "document.querySelector(arguments[0])?.innerText.includes('busy')",
                CARD.formatted("shop.orders", ".table"));
        tab.screenshot("table");
    }

    @Test
    void aDescriptionGivesTitleGroupOrderAndUnits(Tab tab) {
        wall = Wall.of(List.of(Metrics.orders(), Metrics.described()));
        tab.size(1440, 1000);
        tab.go(wall.page());
        tab.await("document.querySelector('main h2')?.textContent === 'Money'");
        tab.await("document.querySelector('.tile .tile-title').textContent === 'Takings'");
        tab.await("document.querySelector('.tile .tile-unit').textContent === 'MiB'");
        assertThat(choices(tab, "shop.till")).containsExactly("stored", "taken");
        assertThat(tab.strings("[...document.querySelectorAll('.tile')].map((tile) => tile.title)"))
                .containsExactly("shop.till", "shop.orders");
    }

    @Test
    void whoMayNotReadDescriptionsSeesDefaults(Tab tab) {
        try (Wall wall =
                Wall.with(builder -> builder.authenticator(Tokens.AUTHENTICATOR), List.of(Metrics.described()))) {
            tab.size(1440, 1000);
            tab.go(wall.page("#token=" + Tokens.toSubscribe("shop.>")));
            tab.await("document.querySelector('.tile .tile-title')?.textContent === 'Till'");
            assertThat(tab.strings("[document.querySelector('main h2').textContent]"))
                    .containsExactly("Shop");
        }
    }

    @Test
    void aTopicThatIsNewShowsUp(Tab tab) {
        wall = Wall.of(List.of(Metrics.orders()));
        tab.size(1440, 1000);
        tab.go(wall.page());
        tab.await("document.querySelectorAll('.tile').length === 1");
        wall.server().publish("later.one", 5);
        tab.await("document.querySelector('.tile[title=\"later.one\"] .tile-number')?.textContent === '5'");
    }

    @Test
    void thePatternOfTheQuerySaysWhichTopicsAreShown(Tab tab) {
        wall = Wall.of(List.of(Metrics.orders(), Metrics.past(Duration.ofMinutes(1))));
        tab.size(1440, 1000);
        tab.go(wall.page("?topics=past.%3E"));
        tab.await("document.querySelectorAll('.tile').length === 1");
        tab.await("document.querySelector('.tile').title === 'past.wave'");
    }

    @Test
    void namesAndValuesAreTextAndNothingElse(Tab tab) {
        String markup = "<img src=x onerror='document.title=1'><script>document.title=2</script>";
        MetricSource source = MetricSource.of("evil.topic", Metrics.OFTEN, () -> Map.of(markup, 1, "other", markup))
                .describedAs(MetricDescription.titled(markup).withGroup(markup).withField(markup, markup, markup));
        wall = Wall.of(List.of(source));
        wall.server().publish("evil.keys", markup, Map.of("n", 1));
        tab.size(1440, 1000);
        tab.go(wall.page());
        tab.await("document.querySelector('main h2')?.textContent.startsWith('<img')");
        tab.await("document.querySelectorAll('.tile').length === 2");
        tab.await("document.querySelector(arguments[0])?.textContent.includes('<script>')", ".legend");
        tab.element(CARD.formatted("evil.topic", ".quiet")).click();
        tab.await(
                "document.querySelector(arguments[0]).textContent.includes('<img')",
                CARD.formatted("evil.topic", ".table"));
        assertThat(tab.number("document.querySelectorAll('main img, main script').length"))
                .isZero();
        assertThat(tab.strings("[document.title]")).containsExactly("Telemetry Live");
    }

    @Test
    void threeHundredTopicsAreFoundBySearching(Tab tab) {
        wall = Wall.of(Metrics.many(300));
        tab.size(1440, 1000);
        tab.go(wall.page());
        tab.await("document.querySelectorAll('.tile').length === 300");
        tab.await("document.querySelectorAll('.card .uplot').length >= 2");
        tab.await("[...document.querySelectorAll('.tile-number')].slice(0, 50).every((number) => number.textContent)");
        tab.await("performance.now() > 12_000");
        tab.screenshot("300-topics");
        tab.element("#search").sendKeys("line.299");
        tab.await("document.querySelectorAll('.tile').length === 1");
        tab.element("#search").sendKeys("x");
        tab.await("document.querySelector('#empty-title').checkVisibility()");
        assertThat(tab.strings("[document.querySelector('#empty-title').textContent]"))
                .containsExactly("No topic matches");
    }

    private static List<String> lines(Tab tab, String topic) {
        return tab.strings("[...document.querySelectorAll(`" + CARD.formatted(topic, ".legend span:nth-child(2)")
                + "`)].map((line) => line.textContent)");
    }

    private static List<String> choices(Tab tab, String topic) {
        return tab.strings("[...document.querySelectorAll(`" + CARD.formatted(topic, "option")
                + "`)].map((choice) => choice.textContent)");
    }
}
