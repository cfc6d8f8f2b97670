package live.telemetry.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ListenerCallsTest {

    private static final ClientLimits LIMITS = new ClientLimits(1024, 10, 1000, 100, 1000, 10);

    private final ClientCounters counters = new ClientCounters();
    private final AtomicInteger rooms = new AtomicInteger();

    @Test
    void keepsOrderAndOneAtATimeOnAnExecutorOfManyThreads() throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            ListenerCalls calls = new ListenerCalls(pool, LIMITS, counters, rooms::incrementAndGet);
            ConcurrentLinkedQueue<Integer> seen = new ConcurrentLinkedQueue<>();
            AtomicInteger inside = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            CountDownLatch done = new CountDownLatch(5000);
            List<Integer> expected = new ArrayList<>();
            for (int i = 0; i < 5000; i++) {
                int number = i;
                expected.add(i);
                calls.call(() -> {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    seen.add(number);
                    inside.decrementAndGet();
                    done.countDown();
                });
            }
            assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(seen).containsExactlyElementsOf(expected);
            assertThat(most).hasValue(1);
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void isFullUntilHalfIsDoneAndSaysSo() {
        ManualExecutor executor = new ManualExecutor();
        ListenerCalls calls = new ListenerCalls(executor, LIMITS, counters, rooms::incrementAndGet);
        for (int i = 0; i < LIMITS.waitingCalls(); i++) {
            assertThat(calls.isFull()).isFalse();
            calls.call(() -> {});
        }
        assertThat(calls.isFull()).isTrue();
        executor.runAll();
        assertThat(rooms).hasValue(1);
        assertThat(calls.isFull()).isFalse();
    }

    @Test
    void isFullByTheSizeOfRecordsToo() {
        ManualExecutor executor = new ManualExecutor();
        ListenerCalls calls = new ListenerCalls(executor, LIMITS, counters, rooms::incrementAndGet);
        calls.call(999, () -> {});
        assertThat(calls.isFull()).isFalse();
        calls.call(1, () -> {});
        assertThat(calls.isFull()).isTrue();
        executor.runAll();
        assertThat(rooms).hasValue(1);
        assertThat(calls.isFull()).isFalse();
    }

    @Test
    void executorThatRefusesLosesNothing() {
        List<Integer> seen = new ArrayList<>();
        ListenerCalls calls = new ListenerCalls(
                task -> {
                    throw new RejectedExecutionException("shut down");
                },
                LIMITS,
                counters,
                rooms::incrementAndGet);
        calls.call(() -> seen.add(1));
        calls.call(() -> seen.add(2));
        assertThat(seen).containsExactly(1, 2);
    }

    @Test
    void failuresAreCountedAndHinderNoOther() {
        ListenerCalls calls = new ListenerCalls(Runnable::run, LIMITS, counters, rooms::incrementAndGet);
        List<Integer> seen = new ArrayList<>();
        calls.call(() -> {
            throw new StackOverflowError("thrown by the test");
        });
        calls.call(() -> seen.add(1));
        assertThat(seen).containsExactly(1);
        assertThat(counters.listenerFailures.sum()).isEqualTo(1);
    }

    @Test
    void callsOnTheCallersThreadWhereTheExecutorHasNoThread() throws InterruptedException {
        ListenerCalls calls = new ListenerCalls(
                task -> {
                    throw new OutOfMemoryError("unable to create native thread");
                },
                LIMITS,
                counters,
                rooms::incrementAndGet);
        AtomicInteger called = new AtomicInteger();
        calls.call(called::incrementAndGet);
        calls.call(called::incrementAndGet);
        assertThat(called).hasValue(2);
        assertThat(calls.awaitIdle(0)).isTrue();
    }
}
