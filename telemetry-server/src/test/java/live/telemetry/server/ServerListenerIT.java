package live.telemetry.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import live.telemetry.core.ErrorCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an application is told, on which thread, and what its mistakes do: nothing. */
class ServerListenerIT {

    private final List<Object> events = new CopyOnWriteArrayList<>();
    private final List<String> threads = new CopyOnWriteArrayList<>();
    private final CountDownLatch released = new CountDownLatch(1);
    private TelemetryServer server;

    @AfterEach
    void stop() {
        released.countDown();
        server.close();
    }

    private void start(ServerListener listener) {
        server = TelemetryServer.builder()
                .port(0)
                .node("told")
                .authenticator(Tokens.authenticator())
                .listener(listener)
                .build()
                .start();
    }

    private class Recording implements ServerListener {
        @Override
        public void onSessionOpened(SessionEvent event) {
            record("opened", event);
        }

        @Override
        public void onSessionClosed(SessionEvent event) {
            record("closed", event);
        }

        @Override
        public void onTokenRefused(RefusedEvent event) {
            record("refused", event);
        }

        private void record(String what, Object event) {
            threads.add(Thread.currentThread().getName());
            events.add(what);
            events.add(event);
        }
    }

    private RawPeer open() throws IOException {
        return RawPeer.open(server, "Authorization: Bearer " + Tokens.valid());
    }

    @Test
    void sessionsComeAndGo() throws IOException {
        start(new Recording());
        String id;
        try (RawPeer peer = RawPeer.connect(server)) {
            peer.write(peer.upgradeRequest("Authorization: Bearer " + Tokens.valid()));
            peer.reply();
            id = peer.expect("welcome").get("session").getAsString();
            Eventually.that(() -> assertThat(events).hasSize(2));
        }
        Eventually.that(() -> assertThat(events).hasSize(4));
        assertThat(events.get(0)).isEqualTo("opened");
        assertThat(events.get(2)).isEqualTo("closed");
        for (int i : new int[] {1, 3}) {
            ServerListener.SessionEvent event = (ServerListener.SessionEvent) events.get(i);
            assertThat(event.session()).isEqualTo(id);
            assertThat(event.identity().subject()).isEqualTo("ann");
            assertThat(event.peer()).contains("127.0.0.1");
        }
        assertThat(threads).allMatch(name -> name.startsWith("telemetry-told-listener"));
    }

    @Test
    void refusedTokenIsTold() throws IOException {
        start(new Recording());
        try (RawPeer peer = RawPeer.connect(server)) {
            peer.exchange(peer.upgradeRequest("Authorization: Bearer garbage"));
        }
        Eventually.that(() -> assertThat(events).hasSize(2));
        ServerListener.RefusedEvent event = (ServerListener.RefusedEvent) events.get(1);
        assertThat(event.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
        assertThat(event.message()).isNotBlank().doesNotContain("garbage");
        assertThat(event.peer()).contains("127.0.0.1");
    }

    @Test
    void whatTheListenerThrowsIsCountedAndEndsNothing() throws IOException {
        start(new Recording() {
            @Override
            public void onSessionOpened(SessionEvent event) {
                super.onSessionOpened(event);
                if (events.size() == 2) {
                    throw new IllegalStateException("asked to");
                }
                throw new AssertionError("asked to");
            }
        });
        try (RawPeer first = open();
                RawPeer second = open()) {
            for (RawPeer peer : List.of(first, second)) {
                peer.send("{'type':'ping'}");
                peer.expect("pong");
            }
            Eventually.that(() -> assertThat(server.stats().listenerFailures()).isEqualTo(2));
        }
        Eventually.that(() -> assertThat(events).hasSize(8));
    }

    @Test
    void slowListenerDelaysNobody() throws Exception {
        CountDownLatch called = new CountDownLatch(1);
        start(new Recording() {
            @Override
            public void onSessionOpened(SessionEvent event) {
                called.countDown();
                try {
                    released.await(10, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                super.onSessionOpened(event);
            }
        });
        open().close();
        assertThat(called.await(5, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < 20; i++) {
            open().close();
        }
        Eventually.that(() -> assertThat(server.stats().sessions()).isZero());
        assertThat(events).isEmpty();
        released.countDown();
        Eventually.that(() -> assertThat(events).hasSize(2 * 2 * 21));
    }

    @Test
    void endOfTheServerIsTold() throws IOException {
        start(new Recording());
        try (RawPeer peer = open()) {
            Eventually.that(() -> assertThat(events).hasSize(2));
            server.close();
            peer.awaitEnd();
            Eventually.that(() -> assertThat(events).hasSize(4));
            assertThat(events.get(2)).isEqualTo("closed");
        }
    }
}
