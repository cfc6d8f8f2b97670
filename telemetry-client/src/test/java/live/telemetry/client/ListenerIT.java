package live.telemetry.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import live.telemetry.core.Rights;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.envelope.Since;
import live.telemetry.server.TelemetryServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Listeners that throw, that close their client, and that never return. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ListenerIT {

    private final TelemetryServer server =
            TelemetryServer.builder().port(0).allowAnonymous(Rights.ALL).build().start();
    private final TelemetryClient client =
            TelemetryClient.builder().url(server.uri()).build();

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private void subscribe(RecordListener listener) {
        client.connect();
        client.subscribe("a.b", SubscribeOptions.from(Since.START), listener);
    }

    private void publish(int count) {
        for (int i = 0; i < count; i++) {
            server.publish("a.b", i).toCompletableFuture().join();
        }
    }

    private void awaitGone() {
        await().until(() ->
                client.state() == ClientState.CLOSED && server.stats().connections() == 0);
    }

    @Test
    void whatAListenerThrowsIsCountedAndTheNextRecordFollows() {
        Audit audit = new Audit("throwing");
        subscribe(new RecordListener() {
            @Override
            public void onRecord(TelemetryRecord record) {
                audit.onRecord(record);
                if (record.seq() % 2 == 0) {
                    throw new IllegalStateException("thrown by the test");
                }
            }
        });
        publish(100);
        await().until(() -> audit.last("a.b") == 100 && client.stats().listenerFailures() == 50);
        assertThat(audit.faults).isEmpty();
        assertThat(client.stats().reconnects()).isZero();
    }

    @Test
    void aListenerMayCloseItsClientAndIsNotCalledAgain() {
        Audit audit = new Audit("closing");
        subscribe(record -> {
            audit.onRecord(record);
            if (record.seq() == 10) {
                client.close();
            }
        });
        publish(100);
        awaitGone();
        assertThat(audit.records()).isEqualTo(10);
    }

    @Test
    void aStateListenerMayCloseItsClient() {
        CountDownLatch closed = new CountDownLatch(1);
        TelemetryClient[] self = new TelemetryClient[1];
        self[0] = TelemetryClient.builder()
                .url(server.uri())
                .listener(new ClientListener() {
                    @Override
                    public void onStateChange(StateChange change) {
                        if (change.to() == ClientState.CONNECTED) {
                            self[0].close();
                            closed.countDown();
                        }
                    }
                })
                .build();
        self[0].connect();
        await().until(() -> closed.getCount() == 0 && self[0].state() == ClientState.CLOSED);
        await().until(() -> server.stats().connections() == 0);
    }

    @Test
    void closingWaitsForAListenerOnlySoLong() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        subscribe(record -> {
            entered.countDown();
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        publish(10);
        entered.await();
        long begin = System.nanoTime();
        client.close();
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .isLessThan(TelemetryClient.CLOSE_TIMEOUT.multipliedBy(10));
        assertThat(never.getCount()).as("the listener is still in there").isEqualTo(1);
        awaitGone();
        never.countDown();
    }
}
