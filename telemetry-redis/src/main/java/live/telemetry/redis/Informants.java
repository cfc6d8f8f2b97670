package live.telemetry.redis;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Those who can be asked for the masters, with a connection to each that has answered. They are asked in turn, so that one that
 * is cut off from the others is not believed for long. One thread asks; {@link #close} may be called by any.
 */
final class Informants implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Informants.class);

    private final List<HostAndPort> seeds;
    private final Function<HostAndPort, RedisConnection> opener;
    private volatile boolean closed;

    // The asking thread's.
    private Set<HostAndPort> known;
    private int turn;

    // Guarded by itself.
    private final Map<HostAndPort, RedisConnection> connections = new HashMap<>();

    Informants(List<HostAndPort> seeds, Function<HostAndPort, RedisConnection> opener) {
        this.seeds = seeds;
        this.opener = opener;
        this.known = new LinkedHashSet<>(seeds);
    }

    /** What one answered. */
    record Answer(HostAndPort from, List<Object> replies) {}

    int count() {
        return known.size();
    }

    /** Replaces those that are known; the seeds stay. */
    void learn(Collection<HostAndPort> others) {
        known = new LinkedHashSet<>(others);
        known.addAll(seeds);
        synchronized (connections) {
            connections.entrySet().removeIf(entry -> {
                boolean gone = !known.contains(entry.getKey());
                if (gone) {
                    RedisConnection.quietly(entry.getValue());
                }
                return gone;
            });
        }
    }

    /**
     * Asks those first, then the others, until one answers.
     *
     * @throws JedisException if none does
     */
    Answer ask(List<HostAndPort> first, List<StoreCommand> questions) {
        List<HostAndPort> others = new ArrayList<>(known);
        Set<HostAndPort> order = new LinkedHashSet<>(first);
        turn++;
        for (int i = 0; i < others.size(); i++) {
            order.add(others.get(Math.floorMod(turn + i, others.size())));
        }
        JedisException failure = new JedisConnectionException("there is nobody to ask");
        for (HostAndPort informant : order) {
            if (closed) {
                break;
            }
            try {
                return new Answer(informant, ask(informant, questions));
            } catch (JedisException e) {
                LOG.debug("{} does not say where the masters are: {}", informant, e.getMessage());
                failure = e;
            }
        }
        throw failure;
    }

    private List<Object> ask(HostAndPort informant, List<StoreCommand> questions) {
        RedisConnection connection = connection(informant);
        try {
            List<Object> replies = connection.exchange(questions);
            if (replies.get(0) instanceof JedisDataException refusal) {
                throw refusal;
            }
            return replies;
        } catch (JedisException e) {
            synchronized (connections) {
                connections.remove(informant);
            }
            RedisConnection.quietly(connection);
            throw e;
        }
    }

    private RedisConnection connection(HostAndPort informant) {
        RedisConnection connection;
        synchronized (connections) {
            connection = connections.get(informant);
        }
        if (connection == null) {
            connection = opener.apply(informant);
            synchronized (connections) {
                connections.put(informant, connection);
                if (closed) {
                    RedisConnection.quietly(connection);
                }
            }
        }
        return connection;
    }

    @Override
    public void close() {
        closed = true;
        synchronized (connections) {
            connections.values().forEach(RedisConnection::quietly);
        }
    }
}
