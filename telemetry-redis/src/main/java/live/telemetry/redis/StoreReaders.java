package live.telemetry.redis;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.TelemetryException;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisAskDataException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisMovedDataException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/** Asks the master that has the partition, and follows where it points. Reading twice does no harm. Any thread. */
final class StoreReaders {

    private static final int MAX_REDIRECTS = 3;

    private final Masters masters;
    private final RedisCounters counters;

    StoreReaders(Masters masters, RedisCounters counters) {
        this.masters = masters;
        this.counters = counters;
    }

    /**
     * Asks.
     *
     * @param partition to which all keys of the command belong
     * @return fails with a {@link TelemetryException}, {@code UNAVAILABLE}
     * @see StoreReader#ask
     */
    <T> CompletableFuture<T> ask(
            Partition partition, Object question, Supplier<StoreCommand> command, Function<Object, T> reading) {
        StoreMaster master = masters.of(partition);
        if (master == null) {
            return CompletableFuture.failedFuture(
                    new TelemetryException(ErrorCode.UNAVAILABLE, "no master of Redis is known; ask again later"));
        }
        return ask(master, 0, question, command, reading);
    }

    private <T> CompletableFuture<T> ask(
            StoreMaster master,
            int redirects,
            Object question,
            Supplier<StoreCommand> command,
            Function<Object, T> reading) {
        CompletableFuture<T> answer = master.reader().ask(question, command, reading);
        return answer.exceptionallyCompose(failure -> {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            if (!(cause instanceof JedisRedirectionException redirection)) {
                return answer;
            }
            counters.redirects.increment();
            if (redirects >= MAX_REDIRECTS) {
                return CompletableFuture.failedFuture(unavailable(redirection));
            }
            HostAndPort target = Redirects.target(redirection, master.address());
            if (redirection instanceof JedisMovedDataException moved) {
                masters.moved(moved.getSlot(), target);
            }
            StoreMaster next = masters.at(target);
            if (next == null) {
                return CompletableFuture.failedFuture(unavailable(redirection));
            }
            return redirection instanceof JedisAskDataException
                    ? ask(
                            next,
                            redirects + 1,
                            List.of("asking", question),
                            () -> command.get().withAsking(),
                            reading)
                    : ask(next, redirects + 1, question, command, reading);
        });
    }

    private static TelemetryException unavailable(JedisDataException redirection) {
        return new TelemetryException(
                ErrorCode.UNAVAILABLE, "Redis is moving what is asked for; ask again later", redirection);
    }
}
