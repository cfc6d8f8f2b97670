package live.telemetry.tck.proxy;

import static live.telemetry.tck.proxy.Direction.TO_CLIENT;
import static live.telemetry.tck.proxy.Direction.TO_SERVER;
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
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How connections begin and end through the proxy, as both peers see it. */
class FaultProxyIT extends ProxyRig {

    @Test
    void withoutFaultsBytesPassBothWaysAndAreCounted() throws IOException {
        try (Link link = open()) {
            send(link.client(), "question");
            assertReads(link.server(), "question");
            send(link.server(), "answer");
            assertReads(link.client(), "answer");

            await().until(() -> proxy.stats().equals(new ProxyStats(1, 8, 6, 0, 0, 0)));
            assertThat(link.connection().bytes(TO_SERVER)).isEqualTo(8);
            assertThat(link.connection().bytes(TO_CLIENT)).isEqualTo(6);
        }
        await().until(() -> proxy.connections().isEmpty());
    }

    @ParameterizedTest
    @EnumSource
    void theEndOfAStreamIsPassedOnInItsDirectionOnly(Direction direction) throws IOException {
        try (Link link = open()) {
            sender(link, direction).shutdownOutput();
            assertEnd(receiver(link, direction));

            send(receiver(link, direction), "still here");
            assertReads(sender(link, direction), "still here");
        }
    }

    @Test
    void whatWasSentBeforeTheEndArrivesHoweverSlowTheReader() throws Exception {
        byte[] much = new byte[4 << 20];
        try (Link link = open()) {
            link.client().shutdownOutput();
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                try {
                    link.server().getOutputStream().write(much);
                    link.server().close();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            assertThat(link.client().getInputStream().readAllBytes()).hasSize(much.length);
            sent.get(10, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aResetIsPassedOn(Direction direction) throws IOException {
        try (Link link = open()) {
            sender(link, direction).setSoLinger(true, 0);
            sender(link, direction).close();

            assertReset(receiver(link, direction));
            await().until(() -> proxy.connections().isEmpty());
        }
    }

    @Test
    void aClientIsResetWhereTheServerIsNotThere() throws IOException {
        listener.close();
        try (Socket client = connect(proxy)) {
            assertReset(client);
        }
    }

    @Test
    void aResetCutsBothPeersOfEveryConnection() throws IOException {
        try (Link one = open();
                Link two = open()) {
            proxy.cut(Cut.RESET);

            assertReset(one.client());
            assertReset(one.server());
            assertReset(two.client());
            assertReset(two.server());
        }
    }

    @Test
    void oneConnectionIsCutInOrderAndTheOtherStays() throws IOException {
        try (Link one = open();
                Link two = open()) {
            one.connection().cut(Cut.FIN);

            assertEnd(one.client());
            assertEnd(one.server());
            send(two.client(), "alive");
            assertReads(two.server(), "alive");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theServersSideEndsWhileTheClientsStaysOpenAndSilent(Cut how) throws IOException {
        try (Link link = open()) {
            link.connection().cutServerSide(how);
            assertCut(link.server(), how);
            link.server().close();

            send(link.client(), "hello?");
            await().until(() -> link.connection().swallowed(TO_SERVER) == 6);
            assertSilent(link.client());
            link.client().close();
            await().until(() -> proxy.connections().isEmpty());
        }
    }

    @ParameterizedTest
    @EnumSource
    void theClientsSideEndsWhileTheServersStaysOpenAndSilent(Cut how) throws IOException {
        try (Link link = open()) {
            link.connection().cutClientSide(how);
            assertCut(link.client(), how);
            link.client().close();

            send(link.server(), "hello?");
            await().until(() -> link.connection().swallowed(TO_CLIENT) == 6);
            assertSilent(link.server());
            link.server().close();
            await().until(() -> proxy.connections().isEmpty());
        }
    }

    private static void assertCut(Socket socket, Cut how) throws IOException {
        if (how == Cut.FIN) {
            assertEnd(socket);
        } else {
            assertReset(socket);
        }
    }

    @Test
    void aProxyThatRefusesIsBackOnItsPort() throws IOException {
        int port = proxy.port();
        try (Link before = open()) {
            proxy.refuse(true);
            assertThatThrownBy(() -> connect(proxy)).isInstanceOf(ConnectException.class);
            send(before.client(), "open ones stay");
            assertReads(before.server(), "open ones stay");

            proxy.refuse(false);
            assertThat(proxy.port()).isEqualTo(port);
            try (Link after = open()) {
                send(after.client(), "hello");
                assertReads(after.server(), "hello");
            }
        }
    }

    @Test
    void theServerMayMoveBehindTheProxy() throws IOException {
        try (ServerSocket other = Link.listen()) {
            proxy.target(other.getLocalPort());
            try (Link link = Link.open(proxy, other)) {
                send(link.client(), "there");
                assertReads(link.server(), "there");
            }
        }
    }

    @Test
    void aClosedProxyCutsWhatIsOpenAndRefuses() throws IOException {
        try (Link link = open()) {
            proxy.impair(Impairment.BLACK_HOLE);
            proxy.close();
            proxy.close();

            assertReset(link.client());
            assertReset(link.server());
            await().until(() -> proxy.connections().isEmpty());
            assertThatThrownBy(() -> connect(proxy)).isInstanceOf(ConnectException.class);
        }
    }
}
