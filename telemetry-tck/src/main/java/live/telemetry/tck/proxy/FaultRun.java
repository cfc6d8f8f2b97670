package live.telemetry.tck.proxy;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Faults of a proxy one after another, with a little peace between them. Each has its chance to outlast a heartbeat of a quarter of
 * a second. Has a thread of its own.
 */
public final class FaultRun implements AutoCloseable {

    private static final int SHORTEST_MILLIS = 50;
    private static final int LONGEST_MILLIS = 1_500;
    private static final int LONGEST_PEACE_MILLIS = 800;

    private final FaultProxy proxy;
    private final Random random;
    private final long end;
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private final Map<ProxyFault, Integer> counts = new EnumMap<>(ProxyFault.class);
    private final CompletableFuture<Map<ProxyFault, Integer>> over = new CompletableFuture<>();

    private FaultRun(FaultProxy proxy, Random random, Duration length) {
        this.proxy = proxy;
        this.random = random;
        this.end = System.nanoTime() + length.toNanos();
    }

    /**
     * Begins, a moment later.
     *
     * @param proxy is nobody else's until the run is over
     * @param random chooses the faults, how long each holds, and how long there is peace behind it
     * @param length after which no further fault begins
     * @return a run that is to be closed
     */
    public static FaultRun start(FaultProxy proxy, Random random, Duration length) {
        FaultRun run = new FaultRun(proxy, random, length);
        run.after(LONGEST_PEACE_MILLIS, run::next);
        return run;
    }

    private void next() {
        if (System.nanoTime() >= end) {
            over.complete(counts);
            return;
        }
        ProxyFault[] faults = ProxyFault.values();
        ProxyFault fault = faults[random.nextInt(faults.length)];
        counts.merge(fault, 1, Integer::sum);
        fault.begin(proxy, random);
        after(SHORTEST_MILLIS + random.nextInt(LONGEST_MILLIS - SHORTEST_MILLIS), () -> {
            proxy.heal();
            after(random.nextInt(LONGEST_PEACE_MILLIS), this::next);
        });
    }

    private void after(int millis, Runnable step) {
        scheduler.schedule(
                () -> {
                    try {
                        step.run();
                    } catch (RuntimeException | Error e) {
                        over.completeExceptionally(e);
                    }
                },
                millis,
                TimeUnit.MILLISECONDS);
    }

    /**
     * Completes with how often there was which fault, once the proxy is healed for good.
     *
     * @return never the caller's to complete
     */
    public CompletableFuture<Map<ProxyFault, Integer>> over() {
        return over;
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
    }
}
