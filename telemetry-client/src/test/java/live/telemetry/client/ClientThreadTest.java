package live.telemetry.client;

import static live.telemetry.client.Bench.data;
import static live.telemetry.client.Bench.subscribed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client on its own thread. */
@Timeout(30)
class ClientThreadTest {

    private final CompletableFuture<FakeTransport> transport = new CompletableFuture<>();

    /** @param executor null for a thread of the client */
    private TelemetryClient client(@Nullable Executor executor) {
        ListenerThread own = new ListenerThread("telemetry-client-test-listener");
        return new TelemetryClient(new ClientCore(
                Bench.settings(TokenSource.none()),
                new ClientListener() {},
                executor == null ? own : executor,
                own::end,
                new ThreadLoop("telemetry-client-test"),
                (kind, request) -> {
                    FakeTransport made = new FakeTransport(kind, request);
                    transport.complete(made);
                    return made;
                },
                () -> 0.5));
    }

    /** Connects, and delivers one record to the one subscription. */
    private void deliverOne(TelemetryClient client) throws Exception {
        client.connect();
        FakeTransport server = transport.get(10, TimeUnit.SECONDS);
        await().until(() -> server.opened);
        server.welcome();
        await().until(() -> client.state() == ClientState.CONNECTED && server.subscribed.getCount() == 0);
        server.says(subscribed(server.last(Subscribe.class).id(), "host.cpu", "e", 0), data("host.cpu", 1));
    }

    @Test
    void listenersRunOnANamedDaemonAndMayCloseTheClientThereSoThatItEnds() throws Exception {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        TelemetryClient client = client(null);
        client.subscribe("host.cpu", record -> {
            client.close();
            thread.complete(Thread.currentThread());
        });
        deliverOne(client);
        Thread loop = thread.get(10, TimeUnit.SECONDS);
        assertThat(loop.getName()).isEqualTo("telemetry-client-test-listener");
        assertThat(loop.isDaemon()).isTrue();
        client.close();
        assertThat(client.state()).isEqualTo(ClientState.CLOSED);
        loop.join(10_000);
        assertThat(loop.isAlive()).isFalse();
    }

    @Test
    void listenersOnAnExecutorMayCloseTheClientAndTheExecutorGoesOn() throws Exception {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try {
            CompletableFuture<String> closed = new CompletableFuture<>();
            TelemetryClient client = client(executor);
            client.subscribe("host.cpu", record -> {
                client.close();
                closed.complete("by the listener");
            });
            deliverOne(client);
            assertThat(closed.get(10, TimeUnit.SECONDS)).isEqualTo("by the listener");
            await().until(() -> client.state() == ClientState.CLOSED);
            assertThat(executor.isShutdown()).isFalse();
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void closingDoesNotWaitForAListenerThatNeverReturns() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        AtomicReference<Thread> thread = new AtomicReference<>();
        TelemetryClient client = client(null);
        client.subscribe("host.cpu", record -> {
            thread.set(Thread.currentThread());
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        deliverOne(client);
        await().until(() -> thread.get() != null);
        client.close();
        assertThat(thread.get().isAlive()).isTrue();
        never.countDown();
        await().until(() -> client.state() == ClientState.CLOSED);
    }
}
