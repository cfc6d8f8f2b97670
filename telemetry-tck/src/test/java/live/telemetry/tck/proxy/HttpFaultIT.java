package live.telemetry.tck.proxy;

import static live.telemetry.tck.proxy.Link.assertEnd;
import static live.telemetry.tck.proxy.Link.assertReads;
import static live.telemetry.tck.proxy.Link.assertReset;
import static live.telemetry.tck.proxy.Link.assertSilent;
import static live.telemetry.tck.proxy.Link.connect;
import static live.telemetry.tck.proxy.Link.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import live.telemetry.tck.proxy.FrameFault.Verdict;
import org.junit.jupiter.api.Test;

/** What the proxy does to HTTP and WebSocket. */
class HttpFaultIT extends ProxyRig {

    private static final String UPGRADE =
            "GET /telemetry HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n\r\n";
    private static final String EVENTS = "GET /telemetry/events?topic=a HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private static final String SWITCHING = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";
    private static final String STREAM = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";

    private Link request(String head) throws IOException {
        Socket client = connect(proxy);
        send(client, head);
        Link link = Link.accept(client, proxy, listener);
        assertReads(link.server(), head);
        return link;
    }

    private static String frames(String... texts) {
        StringBuilder frames = new StringBuilder();
        for (String text : texts) {
            frames.append(new String(Frames.text(text), StandardCharsets.ISO_8859_1));
        }
        return frames.toString();
    }

    private static void sendFrames(Socket from, String... texts) throws IOException {
        from.getOutputStream().write(frames(texts).getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void assertFrames(Socket to, String... texts) throws IOException {
        byte[] expected = frames(texts).getBytes(StandardCharsets.ISO_8859_1);
        assertThat(to.getInputStream().readNBytes(expected.length)).isEqualTo(expected);
    }

    @Test
    void framesOfAWebSocketAreLostAndRepeated() throws IOException {
        proxy.frames(FrameFault.once(frame -> frame.text().equals("two"), Verdict.DROP));
        try (Link link = request(UPGRADE)) {
            send(link.server(), SWITCHING);
            sendFrames(link.server(), "one", "two", "three");
            assertReads(link.client(), SWITCHING);
            assertFrames(link.client(), "one", "three");

            link.connection().frames(FrameFault.matching(Frame::isText, Verdict.DUPLICATE));
            sendFrames(link.server(), "four");
            assertFrames(link.client(), "four", "four");
            assertThat(proxy.stats().framesDropped()).isEqualTo(1);
            assertThat(proxy.stats().framesDuplicated()).isEqualTo(1);
        }
    }

    @Test
    void aBlackHoleOverAWebSocketEndsOnTheBoundaryOfAFrame() throws IOException {
        try (Link link = request(UPGRADE)) {
            send(link.server(), SWITCHING);
            assertReads(link.client(), SWITCHING);
            proxy.impair(Impairment.BLACK_HOLE);
            byte[] lost = Frames.text("lost");
            byte[] found = Frames.text("found");
            link.server().getOutputStream().write(Frames.join(lost, new byte[] {found[0]}));
            await().until(() -> link.connection().swallowed(Direction.TO_CLIENT) == lost.length);
            proxy.heal();
            link.server().getOutputStream().write(found, 1, found.length - 1);

            assertFrames(link.client(), "found");
        }
    }

    @Test
    void whatAFaultThrowsResetsTheConnectionAndComesOutOfClose() throws IOException {
        proxy.frames(frame -> {
            throw new IllegalArgumentException("the test is wrong");
        });
        try (Link link = request(UPGRADE)) {
            send(link.server(), SWITCHING);
            assertReads(link.client(), SWITCHING);
            sendFrames(link.server(), "one");

            assertReset(link.client());
            assertThatThrownBy(proxy::close)
                    .isInstanceOf(AssertionError.class)
                    .hasRootCauseMessage("the test is wrong");
        }
    }

    @Test
    void anUpgradeIsDroppedSilentlyAndARequestPasses() throws IOException {
        proxy.http(HttpFault.onUpgrade(Treatment.SWALLOW));
        try (Socket upgrade = connect(proxy);
                Link request = Link.accept(sent(EVENTS), proxy, listener)) {
            send(upgrade, UPGRADE);
            assertReads(request.server(), EVENTS);
            assertSilent(upgrade);
            send(request.server(), STREAM);
            assertReads(request.client(), STREAM);
        }
        await().until(() -> proxy.connections().isEmpty());
    }

    private Socket sent(String head) throws IOException {
        Socket client = connect(proxy);
        send(client, head);
        return client;
    }

    @Test
    void anUpgradeIsAnsweredInTheServersPlace() throws IOException {
        proxy.http(HttpFault.onUpgrade(Treatment.BAD_REQUEST));
        try (Socket client = sent(UPGRADE)) {
            assertReads(client, Treatment.BAD_REQUEST.response());
            assertEnd(client);
        }
        await().until(() -> proxy.connections().isEmpty());
        assertThat(proxy.stats().bytesToServer()).isZero();
    }

    @Test
    void anUpgradeSucceedsAndThenNothingComes() throws IOException {
        proxy.http(HttpFault.onUpgrade(Treatment.BLACK_HOLE_AFTER_HEAD));
        try (Link link = request(UPGRADE)) {
            send(link.server(), SWITCHING + frames("lost"));
            assertReads(link.client(), SWITCHING);
            send(link.client(), "ping");
            await().until(() -> link.connection().swallowed(Direction.TO_SERVER) == 4);

            assertSilent(link.client());
            assertSilent(link.server());
        }
    }

    @Test
    void aStreamOfEventsIsHeldBackUntilItsEnd() throws IOException {
        proxy.http(HttpFault.onUpgrade(Treatment.SWALLOW).or(HttpFault.onPath("/events", Treatment.BUFFER)));
        try (Link link = request(EVENTS)) {
            send(link.server(), STREAM + "data: 1\n\n");
            assertReads(link.client(), STREAM);
            send(link.server(), "data: 2\n\n");
            assertSilent(link.client());

            link.server().close();
            assertReads(link.client(), "data: 1\n\ndata: 2\n\n");
            assertEnd(link.client());
        }
    }

    @Test
    void aBufferThatIsFullIsForwarded() throws IOException {
        proxy.http(HttpFault.onPath("/events", Treatment.BUFFER));
        try (Link link = request(EVENTS)) {
            send(link.server(), STREAM);
            link.server().getOutputStream().write(new byte[ProxiedConnection.BUFFERED_BYTES + (64 << 10)]);
            assertReads(link.client(), STREAM);

            assertThat(link.client().getInputStream().readNBytes(ProxiedConnection.BUFFERED_BYTES / 2))
                    .hasSize(ProxiedConnection.BUFFERED_BYTES / 2);
        }
    }

    @Test
    void whatIsNotHttpPassesAnHttpFault() throws IOException {
        proxy.http(head -> Treatment.SWALLOW);
        try (Link link = request("*1\r\n$4\r\nPING\r\n\r\n")) {
            send(link.server(), "+PONG\r\n");
            assertReads(link.client(), "+PONG\r\n");
        }
    }
}
