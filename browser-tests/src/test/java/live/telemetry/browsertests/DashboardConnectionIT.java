package live.telemetry.browsertests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import live.telemetry.core.Retention;
import live.telemetry.tck.proxy.Impairment;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the dashboard says about its connection, and does with it. */
@ExtendWith(InChromium.class)
@Timeout(90)
class DashboardConnectionIT {

    private static final String BADGE = "document.querySelector('#badge-text').textContent";
    private static final String LOST = "Number(document.querySelector('#lost').textContent.replaceAll(',', ''))";

    private @Nullable Wall wall;

    /** The tab is closed by then: a page that is left alone would tell the console that nobody answers. */
    @AfterEach
    void close() {
        if (wall != null) {
            wall.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"websocket, WebSocket", "sse, Server-Sent Events", "poll, Long poll"})
    void eachTransportCanBeForcedAndNothingIsLost(String transport, String name, Tab tab) {
        wall = Wall.of(List.of(Metrics.orders()));
        tab.go(wall.page());
        tab.await(BADGE + ".startsWith('Live · WebSocket · lag ')");
        tab.element("#badge").click();
        tab.element("[data-transport='" + transport + "']").click();
        tab.await(BADGE + ".startsWith('Live · ' + arguments[0])", name);
        letPass(tab, 10);
        assertThat(tab.number(LOST)).isZero();
    }

    @Test
    void aConnectionThatIsDroppedComesBackAndNothingIsLost(Tab tab) {
        wall = Wall.of(List.of(Metrics.orders(), Metrics.queues()));
        tab.size(1300, 850);
        tab.go(wall.page());
        tab.await(BADGE + ".startsWith('Live')");
        tab.element("#badge").click();
        tab.element("#drop").click();
        tab.await(fact("Reconnects") + " === '1'");
        tab.await(BADGE + ".startsWith('Live')");
        letPass(tab, 10);
        assertThat(tab.number(LOST)).isZero();
        assertThat(tab.strings("[document.querySelector('#events').innerText]").get(0))
                .contains("dropped");
        tab.screenshot("panel");
    }

    @Test
    void aServerThatIsAwayIsToldWithTheTimeOfTheLastRecord(Tab tab) {
        wall = Wall.of(List.of(Metrics.orders(), Metrics.queues()));
        tab.expectMessages("SEVERE .*(WebSocket|Failed to load resource).*");
        tab.size(1300, 700);
        tab.go(wall.page());
        tab.await(BADGE + ".startsWith('Live')");
        letPass(tab, 20);
        wall.goAway();
        tab.await(BADGE + ".startsWith('Disconnected') && " + BADGE + ".includes('last record')");
        assertThat(tab.strings("[document.querySelector('#announcements').textContent]")
                        .get(0))
                .startsWith("Disconnected");
        tab.screenshot("disconnected");
        wall.comeBack();
        tab.await(BADGE + ".startsWith('Live')");
    }

    @Test
    void lostRecordsAreCountedAndBreakTheLine(Tab tab) {
        Retention fewRecords = Retention.DEFAULT.withMaxRecords(20);
        wall = Wall.with(
                builder -> builder.allowAnonymous().retention(fewRecords), List.of(Metrics.orders(), Metrics.queues()));
        tab.expectMessages("SEVERE .*(WebSocket|Failed to load resource).*");
        tab.size(1300, 700);
        tab.go(wall.page());
        tab.await(BADGE + ".startsWith('Live')");
        letPass(tab, 60);
        long before = wall.server().stats().records();
        wall.proxy().impair(Impairment.BLACK_HOLE);
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> wall.server().stats().records() > before + 400);
        wall.proxy().heal();
        tab.await(LOST + " > 0");
        letPass(tab, 60);
        tab.element("#badge").click();
        tab.await(fact("Lost, in gaps") + " !== '0 in 0'");
        tab.await(
                "[...document.querySelectorAll('.uplot')].every((plot) => plot.clientWidth === plot.parentElement.clientWidth)");
        tab.screenshot("gap");
        tab.element("#panel-close").click();
        tab.element(".card[data-topic='shop.orders'] .quiet").click();
        tab.await("document.querySelector('.card[data-topic=\"shop.orders\"] .table').innerText.includes('lost')");
    }

    /** Waits until the page has so many records more. */
    private static void letPass(Tab tab, int records) {
        String now = "Number((" + fact("Records") + " ?? '0').replaceAll(',', ''))";
        boolean wasOpen = Boolean.TRUE.equals(tab.run("return !document.querySelector('#panel').hidden"));
        if (!wasOpen) {
            tab.element("#badge").click();
        }
        tab.await(now + " > 0");
        tab.await(now + " >= arguments[0]", tab.number(now) + records);
        if (!wasOpen) {
            tab.element("#panel-close").click();
        }
    }

    private static String fact(String name) {
        return "[...document.querySelectorAll('#facts dt')].find((dt) => dt.textContent === '" + name
                + "')?.nextSibling.textContent";
    }
}
