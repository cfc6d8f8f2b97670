package live.telemetry.browsertests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** How the dashboard comes by its token, and where that does not go. */
@ExtendWith(InChromium.class)
@Timeout(60)
class DashboardTokenIT {

    private static final String LIVE = "document.querySelector('#badge-text').textContent.startsWith('Live')";

    private final Wall wall = Wall.with(
            builder -> builder.authenticator(Tokens.AUTHENTICATOR), List.of(Metrics.orders(), Metrics.queues()));

    @AfterEach
    void close() {
        wall.close();
    }

    @Test
    void aTokenInTheFragmentIsTakenOutOfAddressAndHistory(Tab tab) {
        String token = Tokens.goodFor(Duration.ofHours(1));
        tab.size(1440, 1000);
        tab.go(wall.page("?minutes=1#token=" + token));
        tab.await(LIVE);
        assertThat(tab.strings("[location.href]")).containsExactly(wall.page().toString());
        assertThat(tab.strings("performance.getEntriesByType('resource').map((entry) => entry.name)"))
                .noneMatch(name -> name.contains(token));
        assertThat(tab.strings("[JSON.stringify(localStorage), document.cookie]"))
                .noneMatch(text -> text.contains(token));
        tab.run("history.back()");
        tab.run("history.forward()");
        tab.await("!location.href.includes('token')");
        tab.await(LIVE);
    }

    @Test
    void whoHasNoTokenIsAskedForOne(Tab tab) {
        tab.expectMessages("SEVERE .*(WebSocket|Failed to load resource).*");
        tab.size(1440, 1000);
        tab.go(wall.page());
        tab.await("document.querySelector('#sign-in').checkVisibility()");
        tab.screenshot("sign-in");
        tab.element("#token").sendKeys(Tokens.forged());
        tab.element("#sign-in .primary").click();
        tab.await(
                "document.querySelector('#sign-in').checkVisibility() && document.querySelector('#sign-in-reason').textContent.includes('does not accept')");
        tab.element("#token").sendKeys(Tokens.goodFor(Duration.ofHours(1)));
        tab.element("#sign-in .primary").click();
        tab.await(LIVE);
        tab.await("!document.querySelector('#sign-in').checkVisibility()");
    }

    @Test
    void nothingIsLoadedFromElsewhereAndNoStyleOrScriptStandsInThePage(Tab tab) {
        tab.size(1440, 1000);
        tab.go(wall.page("?minutes=1#token=" + Tokens.goodFor(Duration.ofHours(1))));
        tab.await("document.querySelectorAll('.card .uplot').length === 2");
        assertThat(tab.strings("performance.getEntriesByType('resource').map((entry) => new URL(entry.name).origin)"))
                .isNotEmpty()
                .containsOnly(wall.page().toString().replaceAll("(?<=\\d)/.*", ""));
        tab.run(
                "document.head.append(Object.assign(document.createElement('style'), { textContent: 'p { color: red }' }))");
        tab.expectMessages("SEVERE .*Content Security Policy.*");
        assertThat(tab.messages()).anyMatch(message -> message.contains("Content Security Policy"));
    }
}
