package live.telemetry.browsertests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server goes away, and another one comes in its place. */
@ExtendWith(InChromium.class)
@Timeout(60)
class RestartIT {

    private final Scene scene = Scene.open();

    @AfterEach
    void close() {
        scene.close();
    }

    /** It knows nothing of the old records, and counts anew: the page is told so, and goes on with what the new server has. */
    @ParameterizedTest
    @ValueSource(strings = {"websocket", "sse", "poll"})
    void thePageGoesOnWithTheNewServer(String transport, Tab tab) {
        tab.expectMessages(ConsoleMessage.WEBSOCKET_FAILED, ConsoleMessage.REQUEST_FAILED);
        tab.connect(scene, transport);
        tab.subscribe(Scene.TOPIC);
        tab.awaitTransport(transport);
        scene.letPass(50);
        tab.awaitRecord(Scene.TOPIC, Scene.TOPIC, 20);
        long before = scene.publisher().head();
        scene.restart();
        tab.await("page.client.stats().reconnects > 0");
        tab.awaitTransport(transport);
        scene.letPass(50);
        long head = scene.publisher().stop();
        String name = Scene.TOPIC + " " + Scene.TOPIC;
        tab.await(
                "page.accounts[arguments[0]].gaps.length > 0 && page.accounts[arguments[0]].last === arguments[1]",
                name,
                head);

        Account account = tab.account(Scene.TOPIC, Scene.TOPIC);
        assertThat(account.faults()).isEmpty();
        assertThat(account.gaps()).hasSize(1);
        Account.Gap gap = account.gaps().get(0);
        assertThat(gap.reason()).isEqualTo("epoch-changed");
        assertThat(gap.from()).isEqualTo(1);
        // All of the first server's, or what of it had come, and then each of the second one's, or it is in the gap.
        long ofTheSecond = head - (gap.next() - 1);
        assertThat(account.records() - ofTheSecond).isBetween(20L, before);
        assertThat(tab.strings("page.errors")).isEqualTo(List.of());
    }
}
