package live.telemetry.browsertests;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records as they happen, over each transport, in a page that allows itself nothing but its own origin. */
@ExtendWith(InChromium.class)
@Timeout(60)
class LiveIT {

    private final Scene scene = Scene.open();

    @AfterEach
    void close() {
        scene.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"websocket", "sse", "poll"})
    void everyRecordComesOnceAndInOrder(String transport, Tab tab) {
        tab.connect(scene, transport);
        tab.subscribe(Scene.TOPIC);
        tab.subscribe(Scene.PATTERN);
        tab.awaitTransport(transport);
        scene.letPass(100);
        scene.assertNothingIsLost(tab);
        assertThat(tab.strings("page.states")).endsWith("open");
        assertThat(tab.number("page.client.stats().reconnects")).isZero();
    }

    @Test
    void webSocketIsTheFirstChoice(Tab tab) {
        tab.connect(scene);
        tab.subscribe(Scene.TOPIC);
        tab.awaitTransport("websocket");
        scene.assertNothingIsLost(tab);
    }

    /** Without this, a page that nobody restricts would pass the other tests. */
    @Test
    void thePolicyIsInForce(Tab tab) {
        tab.go(scene.page());
        tab.await("globalThis.page !== undefined");
        tab.run(
                "document.head.append(Object.assign(document.createElement('style'), { textContent: 'p { color: red }' }))");
        tab.await("page.violations.length > 0");
        assertThat(tab.strings("page.violations.splice(0)")).containsExactly("style-src-elem inline");
        assertThat(tab.unexpectedMessages()).hasSize(1);
        tab.expectMessages("SEVERE .*Content Security Policy.*");
    }
}
