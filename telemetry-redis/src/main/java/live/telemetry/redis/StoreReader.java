package live.telemetry.redis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.TelemetryException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/**
 * Asks one master. Calls wait in a bounded queue; one thread of its own sends those that wait together. A call that waits
 * for the same as another is not sent for itself; one that comes after the other was sent is, since it may have been made for
 * what the other's answer does not have yet.
 *
 * <p>{@link #ask} may be called from any thread and does not wait. Futures complete on the executor for answers, or in the
 * thread that is refused. While Redis is away calls fail at once, but for one attempt to connect in each back-off.
 */
final class StoreReader implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StoreReader.class);

    static final int MAX_WAITING = 10_000;
    private static final int MAX_TOGETHER = 16;

    private final RedisLink link;
    private final Runnable suspicion;
    private final Executor answers;
    private final RedisCounters counters;
    private final WorkerThread worker;

    // Guarded by queue.
    private final Deque<Call<?>> queue = new ArrayDeque<>();
    private final Map<Object, Call<?>> waiting = new HashMap<>();
    private boolean closed;

    // The worker's.
    private final BackOff backOff =
            new BackOff(() -> ThreadLocalRandom.current().nextDouble());
    private long retryAtNanos = System.nanoTime();

    private record Call<T>(
            Object question,
            Supplier<StoreCommand> command,
            Function<Object, T> reading,
            CompletableFuture<T> answer) {}

    /** The suspicion is told when the connection fails. */
    StoreReader(RedisLink link, Runnable suspicion, Executor answers, RedisCounters counters) {
        this.link = link;
        this.suspicion = suspicion;
        this.answers = answers;
        this.counters = counters;
        this.worker = new WorkerThread("reader", this::run);
    }

    void start() {
        worker.start();
    }

    /**
     * Asks.
     *
     * @param question what equals another question has the same answer
     * @param command made when it is sent
     * @param reading makes the answer of Redis' reply
     * @return fails with a {@link TelemetryException}, {@code UNAVAILABLE}, or with a {@link JedisRedirectionException}
     */
    <T> CompletableFuture<T> ask(Object question, Supplier<StoreCommand> command, Function<Object, T> reading) {
        synchronized (queue) {
            @SuppressWarnings("unchecked") // Equal questions have answers of one type.
            Call<T> same = (Call<T>) waiting.get(question);
            if (same != null) {
                return same.answer().copy();
            }
            if (closed || queue.size() >= MAX_WAITING) {
                counters.refusedCalls.increment();
                return CompletableFuture.failedFuture(
                        unavailable(closed ? "the broadcaster is closed" : "too many questions wait for Redis", null));
            }
            Call<T> call = new Call<>(question, command, reading, new CompletableFuture<>());
            queue.add(call);
            waiting.put(question, call);
            queue.notifyAll();
            return call.answer().copy();
        }
    }

    /** Shows that the connection lives, or makes another; to be called again and again. */
    void heartbeat() {
        link.heartbeat();
        ask("heartbeat", () -> StoreCommand.of(Command.PING), reply -> reply);
    }

    private void run() {
        List<Call<?>> calls = new ArrayList<>();
        connectQuietly();
        while (take(calls)) {
            try {
                exchange(calls);
            } catch (RuntimeException e) {
                LOG.error("reading from Redis failed", e);
                fail(calls, e);
            }
            calls.clear();
        }
    }

    private void connectQuietly() {
        try {
            link.connect();
        } catch (RuntimeException e) {
            LOG.debug("connecting for reading failed, trying again: {}", e.toString());
            retryAtNanos = System.nanoTime() + backOff.afterFailure();
        }
    }

    private boolean take(List<Call<?>> calls) {
        synchronized (queue) {
            while (queue.isEmpty() && !closed) {
                try {
                    queue.wait();
                } catch (InterruptedException e) {
                    return false;
                }
            }
            while (!queue.isEmpty() && calls.size() < MAX_TOGETHER) {
                Call<?> call = queue.remove();
                waiting.remove(call.question());
                calls.add(call);
            }
            return !closed;
        }
    }

    private void exchange(List<Call<?>> calls) {
        boolean connected = link.isConnected();
        if (!connected && System.nanoTime() - retryAtNanos < 0) {
            fail(calls, null);
            return;
        }
        List<Object> replies;
        try {
            replies = exchange(calls, connected);
        } catch (JedisException e) {
            retryAtNanos = System.nanoTime() + backOff.afterFailure();
            suspicion.run();
            fail(calls, e);
            return;
        }
        backOff.succeeded();
        List<Call<?>> asked = List.copyOf(calls);
        answers.execute(() -> {
            for (int i = 0; i < asked.size(); i++) {
                answer(asked.get(i), replies.get(i));
            }
        });
    }

    /** A connection that was there may have been closed long ago; that is no reason to refuse. */
    private List<Object> exchange(List<Call<?>> calls, boolean again) {
        try {
            return exchangeOnce(calls);
        } catch (JedisException e) {
            if (!again) {
                throw e;
            }
            return exchangeOnce(calls);
        }
    }

    private List<Object> exchangeOnce(List<Call<?>> calls) {
        // First, since connecting finds out how scripts fence.
        link.connect();
        return link.exchange(commands(calls));
    }

    /** Made anew for each attempt: an epoch that was offered to one master must not be offered to another. */
    private static List<StoreCommand> commands(List<Call<?>> calls) {
        return calls.stream().map(call -> call.command().get()).toList();
    }

    private static <T> void answer(Call<T> call, Object reply) {
        if (reply instanceof JedisRedirectionException redirection) {
            call.answer().completeExceptionally(redirection);
            return;
        }
        if (reply instanceof JedisDataException error) {
            call.answer().completeExceptionally(unavailable("Redis refuses to answer: " + error.getMessage(), error));
            return;
        }
        T value;
        try {
            value = call.reading().apply(reply);
        } catch (RuntimeException e) {
            LOG.warn("an answer of Redis to {} cannot be read", call.question(), e);
            call.answer().completeExceptionally(unavailable("the answer of Redis cannot be read", e));
            return;
        }
        call.answer().complete(value);
    }

    private void fail(List<Call<?>> calls, @Nullable RuntimeException cause) {
        List<Call<?>> failed = List.copyOf(calls);
        TelemetryException error = unavailable("Redis cannot be reached; ask again later", cause);
        answers.execute(() -> failed.forEach(call -> call.answer().completeExceptionally(error)));
    }

    private static TelemetryException unavailable(String why, @Nullable RuntimeException cause) {
        return cause == null
                ? new TelemetryException(ErrorCode.UNAVAILABLE, why)
                : new TelemetryException(ErrorCode.UNAVAILABLE, why, cause);
    }

    @Override
    public void close() {
        List<Call<?>> left;
        synchronized (queue) {
            closed = true;
            left = List.copyOf(queue);
            queue.clear();
            waiting.clear();
            queue.notifyAll();
        }
        link.close();
        worker.close();
        TelemetryException error = unavailable("the broadcaster was closed", null);
        left.forEach(call -> call.answer().completeExceptionally(error));
    }
}
