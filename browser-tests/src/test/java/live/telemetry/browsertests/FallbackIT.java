package live.telemetry.browsertests;

import static org.assertj.core.api.Assertions.assertThat;

import live.telemetry.tck.proxy.Cut;
import live.telemetry.tck.proxy.HttpFault;
import live.telemetry.tck.proxy.Treatment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Networks that do not let every transport through. */
@ExtendWith(InChromium.class)
@Timeout(90)
class FallbackIT {

    private static final HttpFault NO_UPGRADES = HttpFault.onUpgrade(Treatment.BAD_REQUEST);
    private static final HttpFault ONLY_POLLS = NO_UPGRADES.or(HttpFault.onPath("/events", Treatment.BUFFER));

    private final Scene scene = Scene.open();

    @AfterEach
    void close() {
        scene.close();
    }

    private void connect(Tab tab) {
        tab.expectMessages(ConsoleMessage.WEBSOCKET_FAILED, ConsoleMessage.REQUEST_FAILED);
        tab.connect(scene);
        tab.subscribe(Scene.TOPIC);
        tab.subscribe(Scene.PATTERN);
    }

    /** What is open is not what the network would let through now. */
    private void allow(HttpFault fault) {
        scene.proxy().http(fault);
        scene.proxy().cut(Cut.FIN);
    }

    @Test
    void whereUpgradesAreRefusedTheStreamTakesOverUntilTheyAreNot(Tab tab) {
        scene.proxy().http(NO_UPGRADES);
        connect(tab);
        tab.awaitTransport("sse");
        scene.letPass(50);
        scene.proxy().http(HttpFault.NONE);
        tab.run("page.ahead += 60_000");
        tab.awaitTransport("websocket");
        scene.letPass(50);
        scene.assertNothingIsLost(tab);
        assertThat(tab.number("page.client.stats().takeOvers")).isPositive();
    }

    @Test
    void whereUpgradesAreSwallowedTheStreamTakesOver(Tab tab) {
        scene.proxy().http(HttpFault.onUpgrade(Treatment.BLACK_HOLE_AFTER_HEAD));
        connect(tab);
        tab.awaitTransport("sse");
        scene.letPass(50);
        scene.assertNothingIsLost(tab);
    }

    @Test
    void allTheWayDownAndBackWhileRecordsCome(Tab tab) {
        connect(tab);
        tab.awaitTransport("websocket");
        allow(NO_UPGRADES);
        tab.awaitTransport("sse");
        scene.letPass(50);
        allow(ONLY_POLLS);
        tab.awaitTransport("poll");
        scene.letPass(50);
        scene.proxy().http(HttpFault.NONE);
        tab.run("page.ahead += 60_000");
        tab.awaitTransport("websocket");
        scene.letPass(50);
        scene.assertNothingIsLost(tab);
    }

    /** What the dashboard's buttons do. */
    @Test
    void thePageChoosesAnotherTransport(Tab tab) {
        connect(tab);
        tab.awaitTransport("websocket");
        for (String transport : new String[] {"sse", "poll", "websocket"}) {
            tab.run("page.client.use([arguments[0]])", transport);
            tab.awaitTransport(transport);
            scene.letPass(50);
        }
        scene.assertNothingIsLost(tab);
    }
}
