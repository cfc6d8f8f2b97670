package live.telemetry.browsertests;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a browser does to a page that nobody looks at, and to one that has no network. */
@ExtendWith(InChromium.class)
@Timeout(60)
class PageLifecycleIT {

    private final Scene scene = Scene.open();

    @AfterEach
    void close() {
        scene.close();
    }

    private void follow(Tab tab, String transport) {
        tab.connect(scene, transport);
        tab.subscribe(Scene.TOPIC);
        tab.subscribe(Scene.PATTERN);
        tab.awaitTransport(transport);
        scene.letPass(20);
    }

    private void assertFollowsOn(Tab tab, String transport) {
        tab.awaitTransport(transport);
        scene.letPass(20);
        scene.assertNothingIsLost(tab);
    }

    @ParameterizedTest
    @ValueSource(strings = {"websocket", "sse", "poll"})
    void aHiddenPageMissesNothing(String transport, Tab tab) {
        follow(tab, transport);
        tab.hide();
        scene.letPass(50);
        tab.show();
        assertThat(tab.strings("page.events")).containsSubsequence("hidden", "visible");
        assertFollowsOn(tab, transport);
    }

    @ParameterizedTest
    @ValueSource(strings = {"websocket", "sse", "poll"})
    void aFrozenPageClosesItsConnectionAndGoesOnWhenItIsThawed(String transport, Tab tab) {
        follow(tab, transport);
        tab.freeze();
        scene.letPass(50);
        tab.thaw();
        assertThat(tab.strings("page.events")).containsSubsequence("freeze", "resume");
        assertThat(tab.strings("page.states")).contains("paused");
        assertFollowsOn(tab, transport);
    }

    /** The same page, in the state in which it was left: it has its records, and its listeners. */
    @ParameterizedTest
    @ValueSource(strings = {"websocket", "sse", "poll"})
    void aPageThatComesBackFromTheCacheGoesOn(String transport, Tab tab) {
        follow(tab, transport);
        tab.go(scene.elsewhere());
        scene.letPass(50);
        tab.back();
        tab.await("page.events.includes('pageshow persisted')");
        assertThat(tab.strings("page.events")).containsSubsequence("pagehide persisted", "pageshow persisted");
        assertFollowsOn(tab, transport);
    }

    @Test
    void anOfflinePageGoesOnWhenItIsOnline(Tab tab) {
        tab.expectMessages(ConsoleMessage.WEBSOCKET_FAILED, ConsoleMessage.REQUEST_FAILED);
        follow(tab, "websocket");
        tab.offline(true);
        tab.await("!navigator.onLine");
        scene.letPass(50);
        tab.offline(false);
        tab.await("page.events.includes('online')");
        assertFollowsOn(tab, "websocket");
    }
}
