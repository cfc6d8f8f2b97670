package live.telemetry.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ListenerThreadTest {

    /** What waits at the end is called in several turns, each of which asks for the next. */
    @Test
    void takesTurnsThatAreAskedForAfterTheEndAndGoesThen() throws Exception {
        ListenerThread executor = new ListenerThread("telemetry-client-test-listener");
        CompletableFuture<Thread> second = new CompletableFuture<>();
        executor.execute(() -> {
            executor.end();
            executor.execute(() -> second.complete(Thread.currentThread()));
        });
        Thread thread = second.get(10, TimeUnit.SECONDS);
        await().untilAsserted(() -> assertThat(thread.isAlive()).isFalse());
    }
}
