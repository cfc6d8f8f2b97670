package live.telemetry.redis;

import java.util.List;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisException;

/** Finds out where the masters are. One thread asks; {@link #close} may be called by any. */
interface MasterFinder extends AutoCloseable {

    /**
     * Asks one of those who should know.
     *
     * @param better who may know better than the others, since a redirection named them
     * @return what is known now
     * @throws JedisException if nobody answers
     */
    MasterMap find(List<HostAndPort> better);

    @Override
    void close();
}
