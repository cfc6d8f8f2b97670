package live.telemetry.benchmarks.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import live.telemetry.core.Position;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections by the thousand and measures what they get. One thread may use it; its own threads are loops, which are
 * daemons.
 *
 * <p>It needs one file descriptor a connection ({@code ulimit -n}), and so does the server. From 20,000 connections on it binds to
 * further addresses of the loopback (127.0.0.2 and so on, as on Linux), since each has about 28,000 local ports.
 */
public final class LoadClient implements AutoCloseable {

    /** How often a {@link Role#REPLAYING} reader asks again. */
    static final Duration REPLAY_INTERVAL = Duration.ofSeconds(1);

    private static final Duration TICK = Duration.ofMillis(20);

    private final List<ClientLoop> loops = new ArrayList<>();
    private final List<Opening> openings = new ArrayList<>();
    private int opened;

    /**
     * A client without connections.
     *
     * @param threads among which connections are shared out
     */
    public LoadClient(int threads) {
        for (int i = 0; i < threads; i++) {
            loops.add(new ClientLoop(i));
        }
    }

    /**
     * Begins to open connections.
     *
     * @param endpoint the server
     * @param plans one a connection
     * @return to be waited for
     */
    public Opening open(Endpoint endpoint, List<ReaderPlan> plans) {
        Opening opening = new Opening(plans.size());
        openings.add(opening);
        for (ReaderPlan plan : plans) {
            loops.get(opened % loops.size()).open(endpoint, plan, opening, opened);
            opened++;
        }
        return opening;
    }

    /**
     * Measures what live readers get from now on; returns when the time is over.
     *
     * @param window how long
     * @return what they got
     */
    public Deliveries measure(Duration window) {
        List<CompletableFuture<Deliveries>> shares =
                loops.stream().map(loop -> loop.measure(window)).toList();
        return shares.stream()
                .map(CompletableFuture::join)
                .reduce(Deliveries::and)
                .orElseThrow();
    }

    /** Closes all connections, at once and without a good-bye. */
    public void dropAll() {
        List<CompletableFuture<Void>> dropped =
                loops.stream().map(ClientLoop::dropAll).toList();
        dropped.forEach(CompletableFuture::join);
        opened = 0;
    }

    /**
     * Makes sure that no connection was lost.
     *
     * @throws IllegalStateException if one was; the message says how
     */
    public void requireAllOpen() {
        openings.forEach(Opening::requireNoneFailed);
    }

    @Override
    public void close() {
        loops.forEach(ClientLoop::close);
    }

    /** Connections that are being opened. Their loops tell it what happens; one thread waits. */
    public static final class Opening {

        private final int connections;
        private final CountDownLatch open;
        private final CountDownLatch whole;
        private final AtomicInteger failures = new AtomicInteger();
        private final AtomicReference<@Nullable String> firstFailure = new AtomicReference<>();
        private final AtomicReference<@Nullable Position> position = new AtomicReference<>();

        private Opening(int connections) {
            this.connections = connections;
            this.open = new CountDownLatch(connections);
            this.whole = new CountDownLatch(connections);
        }

        void onOpened() {
            open.countDown();
        }

        void onWhole() {
            whole.countDown();
        }

        void onPosition(Position head) {
            position.set(head);
        }

        void onFailed(String why, boolean wasOpen) {
            firstFailure.compareAndSet(null, why);
            failures.incrementAndGet();
            if (!wasOpen) {
                open.countDown();
            }
        }

        /**
         * Waits until all are open, and everything that they subscribe to has begun.
         *
         * @param timeout how long at most
         * @return this
         * @throws InterruptedException if the thread is interrupted
         * @throws IllegalStateException if one of them cannot be opened, or not in time
         */
        public Opening awaitOpen(Duration timeout) throws InterruptedException {
            await(open, "open", timeout, () -> {});
            return this;
        }

        /**
         * Waits until each has got as many records as {@linkplain ReaderPlan#expected it expects}.
         *
         * @param timeout how long at most
         * @param meanwhile is done from time to time
         * @throws InterruptedException if the thread is interrupted
         * @throws IllegalStateException if one of them fails, or does not get them in time
         */
        public void awaitWhole(Duration timeout, Runnable meanwhile) throws InterruptedException {
            await(whole, "whole", timeout, meanwhile);
        }

        private void await(CountDownLatch latch, String what, Duration timeout, Runnable meanwhile)
                throws InterruptedException {
            long start = System.nanoTime();
            while (!latch.await(TICK.toMillis(), TimeUnit.MILLISECONDS)) {
                meanwhile.run();
                requireNoneFailed();
                if (System.nanoTime() - start > timeout.toNanos()) {
                    throw new IllegalStateException((connections - latch.getCount()) + " of " + connections + " were "
                            + what + " within " + timeout);
                }
            }
            requireNoneFailed();
        }

        private void requireNoneFailed() {
            if (failures.get() > 0) {
                throw new IllegalStateException(
                        failures + " of " + connections + " connections failed; the first: " + firstFailure);
            }
        }

        /**
         * Where the topic that was subscribed last stands.
         *
         * @return its head as of the subscription
         */
        public Position position() {
            Position known = position.get();
            if (known == null) {
                throw new IllegalStateException("no topic was subscribed");
            }
            return known;
        }
    }
}
