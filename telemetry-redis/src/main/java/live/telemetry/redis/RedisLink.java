package live.telemetry.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/**
 * A connection for commands, made when it is needed and anew after it broke. One thread exchanges; {@link #disconnect} and
 * {@link #close} may be called by any, and let an exchange that is under way fail.
 */
final class RedisLink implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);

    private final HostAndPort master;
    private final RedisConnections connections;
    private final StoreCheck check;
    private final HealthTracker health;
    private final HealthTracker.Part part;
    private final RedisCounters counters;
    private volatile @Nullable RedisConnection connection;
    private volatile boolean closed;

    /** Since when an exchange is under way; 0 if none is. */
    private volatile long exchangingSince;

    // The exchanging thread's.
    private boolean reported;
    private boolean connectedBefore;

    RedisLink(
            HostAndPort master,
            RedisConnections connections,
            StoreCheck check,
            HealthTracker health,
            HealthTracker.Part part,
            RedisCounters counters) {
        this.master = master;
        this.connections = connections;
        this.check = check;
        this.health = health;
        this.part = part;
        this.counters = counters;
    }

    /** Whether Pub/Sub stays within the node that has the slot. */
    boolean isSharded() {
        RedisConnection current = connection;
        return current != null && current.isSharded();
    }

    boolean isConnected() {
        return connection != null;
    }

    /**
     * Connects if there is no connection.
     *
     * @throws JedisException if that fails
     */
    void connect() {
        if (connection != null) {
            return;
        }
        RedisConnection fresh = null;
        try {
            fresh = connections.open(master, part.name().toLowerCase(Locale.ROOT));
            check.check(fresh, master);
            connection = fresh;
            if (closed) {
                disconnect();
                throw new JedisConnectionException("closed");
            }
        } catch (JedisException e) {
            RedisConnection.quietly(fresh);
            failed(e);
            throw e;
        }
        if (connectedBefore) {
            counters.reconnects.increment();
            LOG.info("{} is connected again to {}", part, master);
        }
        connectedBefore = true;
        reported = false;
        health.works(master, part);
    }

    /**
     * Sends commands and waits for all answers. Scripts that Redis does not know are loaded, and called again.
     *
     * @return an answer or a {@link JedisDataException} for each
     * @throws JedisException if the connection broke or cannot be made; each command may have been executed or not
     */
    List<Object> exchange(List<StoreCommand> commands) {
        connect();
        RedisConnection current = connection;
        if (current == null) {
            throw new JedisConnectionException("disconnected");
        }
        exchangingSince = System.nanoTime() | 1;
        try {
            check.confirm();
            List<Object> answers = send(current, commands);
            Predicate<Object> unknown = JedisNoScriptException.class::isInstance;
            if (answers.stream().anyMatch(unknown)) {
                loadScripts(current, commands);
                repeat(current, commands, answers, unknown);
            }
            for (Object answer : answers) {
                if (answer instanceof JedisDataException error && notTheMaster(error)) {
                    throw error;
                }
            }
            return answers;
        } catch (JedisException e) {
            disconnect();
            failed(e);
            throw e;
        } finally {
            exchangingSince = 0;
        }
    }

    /** To be called now and then, by any thread: a socket's time-out ends a read that waits, but not a write. */
    void heartbeat() {
        long since = exchangingSince;
        if (since != 0 && System.nanoTime() - since > connections.exchangeNanos()) {
            LOG.warn("{} got no answer from {}, giving the connection up", part, master);
            disconnect();
        }
    }

    private static List<Object> send(RedisConnection connection, List<StoreCommand> commands) {
        if (commands.stream().noneMatch(StoreCommand::asking)) {
            return new ArrayList<>(connection.exchange(commands));
        }
        List<StoreCommand> sent = new ArrayList<>();
        for (StoreCommand command : commands) {
            if (command.asking()) {
                sent.add(StoreCommand.ASKING);
            }
            sent.add(command);
        }
        List<Object> replies = connection.exchange(sent);
        List<Object> answers = new ArrayList<>();
        for (int i = 0; i < sent.size(); i++) {
            if (sent.get(i) != StoreCommand.ASKING) {
                answers.add(replies.get(i));
            }
        }
        return answers;
    }

    private static void loadScripts(RedisConnection connection, List<StoreCommand> commands) {
        List<StoreCommand> loads = new ArrayList<>();
        commands.stream().map(StoreCommand::script).distinct().forEach(script -> {
            if (script != null) {
                loads.add(StoreCommand.of(Command.SCRIPT, "LOAD", script.source()));
            }
        });
        for (Object answer : send(connection, loads)) {
            if (answer instanceof JedisDataException error) {
                throw error;
            }
        }
    }

    private static void repeat(
            RedisConnection connection, List<StoreCommand> commands, List<Object> answers, Predicate<Object> which) {
        List<Integer> places = new ArrayList<>();
        List<StoreCommand> again = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            if (which.test(answers.get(i))) {
                places.add(i);
                again.add(commands.get(i));
            }
        }
        List<Object> replies = send(connection, again);
        for (int i = 0; i < replies.size(); i++) {
            answers.set(places.get(i), replies.get(i));
        }
    }

    /** Whether this connection leads to the wrong node, or is not logged in any more. Redis 6 wraps what a script met. */
    private static boolean notTheMaster(JedisDataException error) {
        String message = String.valueOf(error.getMessage());
        return Stream.of("READONLY", "NOAUTH", "MASTERDOWN")
                .anyMatch(code -> message.startsWith(code) || message.contains(": -" + code));
    }

    private void failed(JedisException cause) {
        if (closed) {
            // Another link to the same master may have taken over.
            return;
        }
        health.failed(master, part);
        if (!reported) {
            reported = true;
            LOG.warn("{} lost its connection to {}, trying again: {}", part, master, cause.getMessage());
        }
    }

    /** Gives the connection up; the next exchange makes another. */
    void disconnect() {
        RedisConnection current = connection;
        connection = null;
        RedisConnection.quietly(current);
    }

    @Override
    public void close() {
        closed = true;
        disconnect();
    }
}
