package live.telemetry.browsertests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** What people do with the dashboard. */
@ExtendWith(InChromium.class)
@Timeout(60)
class DashboardControlsIT {

    private static final String PAUSE = "document.querySelector('#pause').textContent";
    private static final String NOTES = "[...document.querySelectorAll('.card .note')].map((note) => note.textContent)";

    private final Wall wall =
            Wall.of(List.of(Metrics.orders(), Metrics.queues(), Metrics.past(Duration.ofMinutes(50))));

    @AfterEach
    void close() {
        wall.close();
    }

    private void open(Tab tab) {
        tab.size(1300, 900);
        tab.go(wall.page());
        tab.await("document.querySelectorAll('.card .uplot').length === 3");
    }

    @Test
    void whilePausedNothingMovesAndWhatIsNewIsCounted(Tab tab) {
        open(tab);
        tab.element("#pause").click();
        tab.await(PAUSE + ".startsWith('Resume · ')");
        List<String> before =
                tab.strings("[...document.querySelectorAll('.tile-number')].map((tile) => tile.textContent)");
        tab.await("Number(" + PAUSE + ".match(/[0-9]+/)[0]) >= 30");
        assertThat(tab.strings("[...document.querySelectorAll('.tile-number')].map((tile) => tile.textContent)"))
                .isEqualTo(before);
        tab.screenshot("paused");
        tab.element("#pause").click();
        tab.await(PAUSE + " === 'Pause'");
    }

    @Test
    void aLongerWindowIsFilledFromWhatTheServerRetains(Tab tab) {
        open(tab);
        tab.element(".card[data-topic='past.wave'] .quiet").click();
        tab.await(
                "/History: [56][0-9] moments/.test(document.querySelector('[data-topic=\"past.wave\"] .table').innerText)");
        tab.element("[data-minutes='60']").click();
        tab.await(
                "/History: [23],[0-9]+ moments/.test(document.querySelector('[data-topic=\"past.wave\"] .table').innerText)");
        tab.element(".card[data-topic='past.wave'] .quiet").click();
        tab.screenshot("hour");
        // After a reload too, with nothing to be pressed.
        tab.go(wall.page(""));
        tab.await("document.querySelector('[data-minutes=\"60\"]').ariaPressed === 'true'");
        tab.element(".card[data-topic='past.wave'] .quiet").click();
        tab.await(
                "/History: [23],[0-9]+ moments/.test(document.querySelector('[data-topic=\"past.wave\"] .table').innerText)");
        assertThat(tab.strings("[localStorage.getItem('telemetry.minutes')]")).containsExactly("60");
    }

    @Test
    void allChartsZoomTogetherAndADoubleClickResets(Tab tab) {
        open(tab);
        WebElement chart = tab.element(".card[data-topic='shop.orders'] .u-over");
        tab.actions()
                .moveToElement(chart, 20, 0)
                .clickAndHold()
                .moveByOffset(100, 0)
                .release()
                .perform();
        tab.await("document.querySelector('#zoomed').checkVisibility()");
        tab.screenshot("zoomed");
        tab.actions()
                .doubleClick(tab.element(".card[data-topic='shop.queues'] .u-over"))
                .perform();
        tab.await("!document.querySelector('#zoomed').checkVisibility()");
    }

    @Test
    void theCursorReadsAllChartsAtOneMoment(Tab tab) {
        open(tab);
        tab.element("#pause").click();
        tab.actions()
                .moveToElement(tab.element(".card[data-topic='shop.orders'] .u-over"), 150, 0)
                .perform();
        tab.await(NOTES + ".filter((note) => /^[0-9:]{8}$/.test(note)).length >= 2");
    }

    @Test
    void everythingCanBeDoneByKeyboard(Tab tab) {
        open(tab);
        WebElement body = tab.element("body");
        body.sendKeys("/");
        assertThat(tab.strings("[document.activeElement.id]")).containsExactly("search");
        tab.run("document.activeElement.blur()");
        body.sendKeys("p");
        tab.await(PAUSE + ".startsWith('Resume')");
        body.sendKeys("c");
        tab.await("document.activeElement.id === 'panel-close'");
        tab.element("#panel-close").sendKeys(Keys.ESCAPE);
        tab.await("document.activeElement.id === 'badge'");
        WebElement plot = tab.element(".card[data-topic='shop.orders'] .plot");
        plot.sendKeys(Keys.ARROW_LEFT, Keys.ARROW_LEFT);
        tab.await("/^[0-9:]{8}$/.test(document.querySelector('[data-topic=\"shop.orders\"] .note').textContent)");
        plot.sendKeys("+");
        tab.await("document.querySelector('#zoomed').checkVisibility()");
        plot.sendKeys(Keys.ESCAPE);
        tab.await("!document.querySelector('#zoomed').checkVisibility()");
    }

    @Test
    void itIsDarkOrLightAsTheSystemOrAsWasChosen(Tab tab) {
        tab.prefer("prefers-color-scheme", "light");
        open(tab);
        tab.await("document.documentElement.dataset.theme === 'light'");
        tab.screenshot("light");
        tab.element("#theme").click();
        tab.await("document.documentElement.dataset.theme === 'dark'");
        open(tab);
        tab.await("document.documentElement.dataset.theme === 'dark'");
        tab.run("localStorage.clear()");
    }

    @Test
    void aNarrowScreenHasOneColumnAndNothingBesideIt(Tab tab) {
        open(tab);
        tab.size(390, 844);
        tab.await("document.documentElement.scrollWidth <= 390");
        assertThat(
                        tab.number(
                                "new Set([...document.querySelectorAll('.card')].map((card) => card.getBoundingClientRect().left)).size"))
                .isEqualTo(1);
        tab.screenshot("narrow");
    }

    @Test
    void nothingSlidesForWhoWantsNoMotion(Tab tab) {
        tab.prefer("prefers-reduced-motion", "reduce");
        open(tab);
        assertThat(tab.strings("[getComputedStyle(document.querySelector('#pause')).transitionDuration]"))
                .containsExactly("0s");
    }

    @Test
    void aLineIsHiddenByItsNameInTheLegend(Tab tab) {
        open(tab);
        WebElement line = tab.element(".card[data-topic='shop.queues'] .legend button");
        line.click();
        assertThat(line.getAttribute("aria-pressed")).isEqualTo("false");
    }

    @Test
    void whatHasNoTextHasAName(Tab tab) {
        open(tab);
        assertThat(tab.strings("[...document.querySelectorAll('button, input, select, [tabindex]')]"
                        + ".filter((one) => !one.textContent.trim() && !one.getAttribute('aria-label') && !one.labels?.length)"
                        + ".map((one) => one.outerHTML)"))
                .isEmpty();
    }
}
