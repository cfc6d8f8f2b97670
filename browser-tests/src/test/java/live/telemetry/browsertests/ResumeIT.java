package live.telemetry.browsertests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import live.telemetry.tck.proxy.Cut;
import live.telemetry.tck.proxy.Impairment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The connection is gone, and the page goes on where it was, over each transport. */
@ExtendWith(InChromium.class)
@Timeout(60)
class ResumeIT {

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
        tab.awaitRecord(Scene.TOPIC, Scene.TOPIC, 10);
    }

    private void assertResumed(Tab tab, String transport) {
        tab.await("page.client.stats().reconnects > 0");
        assertGoesOn(tab, transport);
    }

    private void assertGoesOn(Tab tab, String transport) {
        tab.awaitTransport(transport);
        scene.letPass(20);
        scene.assertNothingIsLost(tab);
    }

    @ParameterizedTest
    @ValueSource(strings = {"websocket", "sse", "poll"})
    void thePageDropsItsConnection(String transport, Tab tab) {
        follow(tab, transport);
        tab.run("page.client.drop()");
        assertResumed(tab, transport);
    }

    static Stream<Arguments> cuts() {
        return Stream.of("websocket", "sse", "poll")
                .flatMap(transport -> Stream.of(Cut.values()).map(cut -> Arguments.of(transport, cut)));
    }

    @ParameterizedTest
    @MethodSource("cuts")
    void theNetworkCutsIt(String transport, Cut cut, Tab tab) {
        tab.expectMessages(ConsoleMessage.REQUEST_FAILED, ConsoleMessage.WEBSOCKET_FAILED);
        follow(tab, transport);
        scene.proxy().cut(cut);
        if (transport.equals("poll")) {
            // One poll that fails is asked again, and nobody hears of it.
            assertGoesOn(tab, transport);
        } else {
            assertResumed(tab, transport);
        }
    }

    /** A network that nobody says is gone: only the silence shows it. */
    @Test
    void theNetworkSwallowsEverything(Tab tab) {
        follow(tab, "websocket");
        scene.proxy().connections().forEach(each -> each.impair(Impairment.BLACK_HOLE));
        assertResumed(tab, "websocket");
        assertThat(tab.strings("page.states")).containsSubsequence("open", "backoff", "open");
    }
}
