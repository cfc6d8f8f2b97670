package live.telemetry.tck.proxy;

import static live.telemetry.tck.proxy.Direction.TO_CLIENT;
import static live.telemetry.tck.proxy.Direction.TO_SERVER;
import static live.telemetry.tck.proxy.Link.assertEnd;
import static live.telemetry.tck.proxy.Link.assertReads;
import static live.telemetry.tck.proxy.Link.assertSilent;
import static live.telemetry.tck.proxy.Link.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What each impairment does to the bytes of a direction. */
class ImpairmentIT extends ProxyRig {

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
}
