package live.telemetry.server.net.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import live.telemetry.server.session.Loop;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** In seconds of a clock that stands still unless it is moved: a heartbeat of 10 s, a stall timeout of 60 s. */
class KeepAliveTest {

    private static final long HEARTBEAT = 10;
    private static final long STALL = 60;

    private final OneTimer loop = new OneTimer();
    private final Scripted peer = new Scripted();
    private final KeepAlive keepAlive = new KeepAlive(
            loop, peer, new WebSocketSettings(1_024, Duration.ofSeconds(HEARTBEAT), Duration.ofSeconds(STALL)));

    /** What happened to the peer, each with its second. */
    private final class Scripted implements KeepAlive.Peer {
        private final List<String> events = new ArrayList<>();
        private @Nullable Long blockedSince;
        private @Nullable Long unfinishedSince;
        private boolean read = true;
        private boolean answersPings = true;

        @Override
        public boolean isBlocked() {
            return blockedSince != null;
        }

        @Override
        public long blockedSinceNanos() {
            return blockedSince;
        }

        @Override
        public boolean isRead() {
            return read;
        }

        @Override
        public boolean isMessageUnfinished() {
            return unfinishedSince != null;
        }

        @Override
        public long unfinishedSinceNanos() {
            return unfinishedSince;
        }

        @Override
        public void ping() {
            events.add(loop.seconds() + " ping");
            if (answersPings) {
                keepAlive.heard();
            }
        }

        @Override
        public void heartbeat() {
            events.add(loop.seconds() + " heartbeat");
            // As it is written.
            keepAlive.said();
        }

        @Override
        public void timeOut() {
            events.add(loop.seconds() + " time-out");
        }
    }

    /** A keep-alive has one timer at a time. */
    private static final class OneTimer implements Loop {
        // Runs over on the way.
        private static final long ORIGIN = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(25);
        private long now = ORIGIN;
        private long due;
        private @Nullable Runnable task;

        long seconds() {
            return TimeUnit.NANOSECONDS.toSeconds(now - ORIGIN);
        }

        void advance(long seconds) {
            long until = now + TimeUnit.SECONDS.toNanos(seconds);
            while (task != null && due - until <= 0) {
                now = due;
                Runnable running = task;
                task = null;
                running.run();
            }
            now = until;
        }

        @Override
        public Timer schedule(long delayNanos, Runnable scheduled) {
            assertThat(task).as("one timer at a time").isNull();
            assertThat(delayNanos).as("no spinning").isPositive();
            task = scheduled;
            due = now + delayNanos;
            return () -> task = null;
        }

        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public long wallMillis() {
            return 0;
        }

        @Override
        public int number() {
            return 0;
        }

        @Override
        public void execute(Runnable running) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void wakeUp() {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void idlePeerIsPingedAndTold() {
        loop.advance(35);
        assertThat(peer.events)
                .containsExactly("10 heartbeat", "10 ping", "20 heartbeat", "20 ping", "30 heartbeat", "30 ping");
    }

    @Test
    void heartbeatOnlyWhereNothingElseIsSaid() {
        for (int second = 0; second < 40; second += 4) {
            loop.advance(4);
            keepAlive.said();
        }
        assertThat(peer.events).containsExactly("10 ping", "20 ping", "30 ping", "40 ping");
    }

    @Test
    void silenceAfterOutputIsCountedFromThatOutput() {
        loop.advance(5);
        keepAlive.said();
        loop.advance(20);
        assertThat(peer.events).containsExactly("10 ping", "15 heartbeat", "20 ping", "25 heartbeat");
    }

    @Test
    void silentPeerIsGoneAfterTwoHeartbeats() {
        peer.answersPings = false;
        loop.advance(60);
        assertThat(peer.events.get(peer.events.size() - 1)).isIn("20 time-out", "30 time-out");
        assertThat(peer.events).filteredOn(event -> event.endsWith("time-out")).hasSize(1);
    }

    @Test
    void anyByteIsASignOfLife() {
        peer.answersPings = false;
        for (int i = 0; i < 10; i++) {
            loop.advance(15);
            keepAlive.heard();
        }
        assertThat(peer.events).noneMatch(event -> event.endsWith("time-out"));
    }

    @Test
    void silenceOfABlockedPeerIsNotHeldAgainstIt() {
        peer.answersPings = false;
        peer.blockedSince = loop.nanoTime();
        loop.advance(STALL - 1);
        assertThat(peer.events).isEmpty();
        // It takes something, just in time, and has the whole of two heartbeats to answer.
        peer.blockedSince = null;
        loop.advance(2 * HEARTBEAT - 1);
        assertThat(peer.events).isNotEmpty().noneMatch(event -> event.endsWith("time-out"));
        loop.advance(2 * HEARTBEAT);
        assertThat(peer.events).anyMatch(event -> event.endsWith("time-out"));
    }

    @Test
    void peerThatTakesNothingIsGoneAfterTheStallTimeout() {
        loop.advance(13);
        peer.blockedSince = loop.nanoTime();
        loop.advance(STALL);
        assertThat(peer.events.get(peer.events.size() - 1)).isEqualTo((13 + STALL) + " time-out");
    }

    @Test
    void peerThatTakesALittleNowAndThenStays() {
        peer.answersPings = false;
        for (int i = 0; i < 10; i++) {
            peer.blockedSince = loop.nanoTime();
            loop.advance(STALL - 5);
        }
        assertThat(peer.events).isEmpty();
    }

    @Test
    void silenceOfAPeerThatIsNotReadIsNotHeldAgainstIt() {
        peer.answersPings = false;
        peer.read = false;
        loop.advance(10 * HEARTBEAT);
        assertThat(peer.events).noneMatch(event -> event.endsWith("time-out"));
    }

    /** Whatever else it says meanwhile. */
    @Test
    void messageThatIsNotFinishedIsNotAwaitedForLongerThanSilence() {
        loop.advance(5);
        peer.unfinishedSince = loop.nanoTime();
        loop.advance(2 * HEARTBEAT);
        assertThat(peer.events).noneMatch(event -> event.endsWith("time-out"));
        loop.advance(HEARTBEAT);
        assertThat(peer.events.get(peer.events.size() - 1)).isEqualTo("30 time-out");
    }

    @Test
    void messagesThatAreFinishedInTimeMayFollowEachOther() {
        for (int i = 0; i < 10; i++) {
            peer.unfinishedSince = loop.nanoTime();
            loop.advance(2 * HEARTBEAT - 1);
        }
        assertThat(peer.events).noneMatch(event -> event.endsWith("time-out"));
    }

    @Test
    void messageOfWhichTheRestIsNotReadIsNotHeldAgainstThePeer() {
        peer.unfinishedSince = loop.nanoTime();
        peer.read = false;
        loop.advance(10 * HEARTBEAT);
        peer.read = true;
        loop.advance(2 * HEARTBEAT);
        assertThat(peer.events).noneMatch(event -> event.endsWith("time-out"));
        loop.advance(HEARTBEAT);
        assertThat(peer.events).anyMatch(event -> event.endsWith("time-out"));
    }

    @Test
    void blockedPeerHasToFinishItsMessageToo() {
        peer.unfinishedSince = loop.nanoTime();
        peer.blockedSince = loop.nanoTime();
        loop.advance(3 * HEARTBEAT);
        assertThat(peer.events).containsExactly("30 time-out");
    }

    @Test
    void nothingHappensAfterTheEnd() {
        keepAlive.stop();
        loop.advance(100);
        assertThat(peer.events).isEmpty();
    }
}
