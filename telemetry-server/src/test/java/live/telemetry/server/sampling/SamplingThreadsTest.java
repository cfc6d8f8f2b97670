package live.telemetry.server.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SamplingThreadsTest {

    private final SamplingThreads threads = new SamplingThreads("test-sampling", 2);
    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void close() {
        release.countDown();
        threads.close(Duration.ofSeconds(5));
    }

    @Test
    void usesAnIdleThreadBeforeItStartsAnother() {
        AtomicInteger done = new AtomicInteger();
        for (int i = 1; i <= 5; i++) {
            int count = i;
            // The thread is back at the queue a moment after its task has run.
            threads.execute(done::incrementAndGet);
            await().until(() -> done.get() == count && idleThreads() == threads.size());
        }

        assertThat(threads.size()).isEqualTo(1);
    }

    @Test
    void tasksBeyondTheBoundWaitAndAreCounted() throws Exception {
        CountDownLatch running = new CountDownLatch(2);
        threads.execute(() -> block(running));
        threads.execute(() -> block(running));
        assertThat(running.await(5, TimeUnit.SECONDS)).isTrue();

        AtomicBoolean ran = new AtomicBoolean();
        threads.execute(() -> ran.set(true));

        assertThat(threads.delayed()).isEqualTo(1);
        assertThat(threads.size()).isEqualTo(2);
        assertThat(ran).isFalse();
        release.countDown();
        await().untilTrue(ran);
    }

    @Test
    void closeInterruptsAndWaits() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        threads.execute(() -> interrupted.set(block(running)));
        assertThat(running.await(5, TimeUnit.SECONDS)).isTrue();

        assertThat(threads.close(Duration.ofSeconds(5))).isTrue();

        assertThat(interrupted).isTrue();
    }

    @Test
    void executeAfterCloseDoesNothing() {
        threads.close(Duration.ofSeconds(5));

        threads.execute(() -> {
            throw new AssertionError("a task after close");
        });

        assertThat(threads.delayed()).isZero();
    }

    private boolean block(CountDownLatch running) {
        running.countDown();
        try {
            release.await();
            return false;
        } catch (InterruptedException e) {
            return true;
        }
    }

    private static int idleThreads() {
        return (int) Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("test-sampling"))
                .filter(thread -> thread.getState() == Thread.State.TIMED_WAITING)
                .count();
    }
}
