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
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every fault of plain TCP, as both peers see it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class FaultProxyIT {

    private ServerSocket listener;
    private FaultProxy proxy;

    @BeforeEach
    void start() throws IOException {
        listener = Link.listen();
        proxy = FaultProxy.to(listener.getLocalPort());
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        listener.close();
    }

    private Link open() throws IOException {
        return Link.open(proxy, listener);
    }

    private static Socket receiver(Link link, Direction direction) {
        return direction == TO_CLIENT ? link.client() : link.server();
    }

    private static Socket sender(Link link, Direction direction) {
        return receiver(link, direction.reverse());
    }

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
    void aCutInTheMidstLetsExactlySoManyBytesPass(Direction direction) throws IOException {
        try (Link link = open()) {
            send(sender(link, direction), "before ");
            assertReads(receiver(link, direction), "before ");
            link.connection().impair(direction, Impairment.NONE.withCutAfter(5, Cut.FIN));
            send(sender(link, direction), "cut");
            send(sender(link, direction), " here");

            assertReads(receiver(link, direction), "cut h");
            assertEnd(receiver(link, direction));
            assertEnd(sender(link, direction));
        }
    }

    @Test
    void eachConnectionToComeIsCutAfterItsOwnBytes() throws IOException {
        proxy.impair(TO_CLIENT, Impairment.NONE.withCutAfter(3, Cut.RESET));
        for (int i = 0; i < 2; i++) {
            try (Link link = open()) {
                send(link.server(), "ab");
                assertReads(link.client(), "ab");
                send(link.server(), "cd");
                assertThatThrownBy(() -> link.client().getInputStream().readNBytes(2))
                        .isInstanceOf(SocketException.class);
                assertThat(link.connection().bytes(TO_CLIENT)).isEqualTo(3);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBlackHoleSwallowsOneDirectionAndNotTheOther(Direction direction) throws IOException {
        try (Link link = open()) {
            proxy.impair(direction, Impairment.BLACK_HOLE);
            send(sender(link, direction), "lost");
            await().until(() -> link.connection().swallowed(direction) == 4);
            send(receiver(link, direction), "back");
            assertReads(sender(link, direction), "back");

            proxy.impair(direction, Impairment.NONE);
            send(sender(link, direction), "found");
            assertReads(receiver(link, direction), "found");
        }
    }

    @Test
    void nobodyHearsThroughABlackHoleThatThePeerHasGone() throws IOException {
        try (Link link = open()) {
            link.connection().impair(Impairment.BLACK_HOLE);
            link.server().close();
            assertSilent(link.client());

            proxy.heal();
            assertEnd(link.client());
        }
    }

    @Test
    void aStalledDirectionPushesBackAndLosesNothing() throws Exception {
        int total = 16 << 20;
        AtomicLong written = new AtomicLong();
        try (Link link = open()) {
            link.connection().impair(TO_CLIENT, Impairment.STALL);
            CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
                byte[] chunk = new byte[64 << 10];
                try {
                    while (written.get() < total) {
                        link.server().getOutputStream().write(chunk);
                        written.addAndGet(chunk.length);
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            await().until(() -> written.get() > 0);
            AtomicLong last = new AtomicLong(-1);
            await().pollInterval(Duration.ofMillis(200)).until(() -> last.getAndSet(written.get()) == written.get());
            assertThat(written).hasValueLessThan(total);
            assertThat(link.connection().bytes(TO_CLIENT)).isZero();

            link.connection().impair(TO_CLIENT, Impairment.NONE);
            assertThat(link.client().getInputStream().readNBytes(total)).hasSize(total);
            writer.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void aDelayKeepsTheOrder() throws IOException {
        Duration delay = Duration.ofMillis(150);
        try (Link link = open()) {
            link.connection().impair(TO_SERVER, Impairment.NONE.withDelay(delay));
            long start = System.nanoTime();
            send(link.client(), "one ");
            send(link.client(), "two ");
            assertReads(link.server(), "one ");
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(delay.toNanos());
            send(link.client(), "three");
            assertReads(link.server(), "two three");
        }
    }

    @Test
    void whatIsDelayedGoesOnWhenTheDelayIsTakenBack() throws IOException {
        try (Link link = open()) {
            link.connection().impair(Impairment.NONE.withDelay(Duration.ofHours(1)));
            send(link.client(), "late");
            assertSilent(link.server());

            proxy.heal();
            assertReads(link.server(), "late");
        }
    }

    @Test
    void aThrottleTakesItsTime() throws IOException {
        try (Link link = open()) {
            link.connection().impair(TO_CLIENT, Impairment.NONE.withBytesPerSecond(20_000));
            long start = System.nanoTime();
            link.server().getOutputStream().write(new byte[10_000]);
            link.client().getInputStream().readNBytes(10_000);

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(450));
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
