package live.telemetry.client;

import static live.telemetry.client.Bench.data;
import static live.telemetry.client.Bench.subscribed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
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

    private TelemetryClient client(@Nullable Executor executor) {
        return new TelemetryClient(new ClientCore(
                new ConnectSettings(URI.create("ws://test:1/telemetry"), null, Bench.TIMEOUT, ReconnectPolicy.DEFAULT),
                new ClientListener() {},
                executor,
                new ThreadLoop(),
                request -> {
                    FakeTransport made = new FakeTransport(request);
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
    void listenersRunOnANamedDaemonAndMayCloseTheClientThere() throws Exception {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        TelemetryClient client = client(null);
        client.subscribe("host.cpu", record -> {
            client.close();
            thread.complete(Thread.currentThread());
        });
        deliverOne(client);
        Thread loop = thread.get(10, TimeUnit.SECONDS);
        assertThat(loop.getName()).matches("telemetry-client-\\d+");
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
            CompletableFuture<ClientState> state = new CompletableFuture<>();
            TelemetryClient client = client(executor);
            client.subscribe("host.cpu", record -> {
                client.close();
                state.complete(client.state());
            });
            deliverOne(client);
            assertThat(state.get(10, TimeUnit.SECONDS)).isEqualTo(ClientState.CLOSED);
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
