package live.telemetry.benchmarks.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A thread with a selector, which has a share of the load client's readers. */
final class ClientLoop implements AutoCloseable {

    /** Connections that wait for their server at once: fewer than its backlog takes. */
    private static final int MAX_CONNECTING = 128;

    private static final int FIRST_BUFFER_BYTES = 128 << 10;

    private final Selector selector = openSelector();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Thread thread;

    // Only the loop.
    private final StampFinder stamps = new StampFinder();
    private final DeliveryMeter meter = new DeliveryMeter();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>(Comparator.comparingLong(Timer::dueNanos));
    private final Queue<Runnable> unconnected = new ArrayDeque<>();
    private final List<Reader> readers = new ArrayList<>();
    private ByteBuffer buffer = ByteBuffer.allocate(FIRST_BUFFER_BYTES);
    private int connecting;
    private long readNanos;

    private volatile boolean closed;

    private record Timer(long dueNanos, Runnable task) {}

    ClientLoop(int number) {
        thread = new Thread(this::run, "load-client-" + number);
        thread.setDaemon(true);
        thread.start();
    }

    private static Selector openSelector() {
        try {
            return Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- any thread

    /** Opens a connection; {@code number} counts all of the client's. */
    void open(Endpoint endpoint, ReaderPlan plan, LoadClient.Opening opening, int number) {
        execute(() -> unconnected.add(() -> {
            Reader reader = new Reader(this, endpoint, plan, opening);
            readers.add(reader);
            reader.connect(number);
        }));
    }

    /** Closes every connection. */
    CompletableFuture<Void> dropAll() {
        return CompletableFuture.runAsync(
                () -> {
                    readers.forEach(Reader::close);
                    readers.clear();
                },
                this::execute);
    }

    /** Measures from now on, for so long. */
    CompletableFuture<Deliveries> measure(Duration window) {
        CompletableFuture<Deliveries> measured = new CompletableFuture<>();
        execute(() -> {
            meter.begin(System.nanoTime());
            after(window, () -> measured.complete(meter.end(System.nanoTime())));
        });
        return measured;
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void execute(Runnable task) {
        tasks.add(task);
        selector.wakeup();
    }

    // ---- the loop

    private void run() {
        try (selector) {
            while (!closed) {
                connectSome();
                selector.select(this::onReady, millisToNextTimer());
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
                runTimers();
            }
            readers.forEach(Reader::close);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void onReady(SelectionKey key) {
        readNanos = System.nanoTime();
        ((Reader) key.attachment()).onReady(key);
    }

    private void connectSome() {
        while (connecting < MAX_CONNECTING && !unconnected.isEmpty()) {
            connecting++;
            unconnected.remove().run();
        }
    }

    private long millisToNextTimer() {
        Timer next = timers.peek();
        // 0 would mean forever.
        return next == null ? 0 : Math.max(1, (next.dueNanos - System.nanoTime()) / 1_000_000);
    }

    private void runTimers() {
        for (Timer next = timers.peek(); next != null && next.dueNanos <= System.nanoTime(); next = timers.peek()) {
            timers.remove().task.run();
        }
    }

    private void after(Duration delay, Runnable task) {
        timers.add(new Timer(System.nanoTime() + delay.toNanos(), task));
    }

    // ---- for readers, on the loop

    void every(Duration interval, Runnable task) {
        after(interval, () -> {
            task.run();
            every(interval, task);
        });
    }

    SelectionKey register(SocketChannel socket, Reader reader) throws IOException {
        return socket.register(selector, SelectionKey.OP_CONNECT, reader);
    }

    /** One of the connections that were waited for is open, or will never be. */
    void onConnectionSettled() {
        connecting--;
    }

    StampFinder stamps() {
        return stamps;
    }

    DeliveryMeter meter() {
        return meter;
    }

    /** When the connection that is read now was found readable. */
    long readNanos() {
        return readNanos;
    }

    /** The loop's one buffer, empty, with room for what a reader has left and at least as much again. */
    ByteBuffer bufferFor(int restBytes) {
        if (restBytes > buffer.capacity() / 2) {
            buffer = ByteBuffer.allocate(buffer.capacity() * 2);
        }
        return buffer.clear();
    }
}
