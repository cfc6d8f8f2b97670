package live.telemetry.redis;

import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/** What connections find out about where the masters are. Any thread; does not wait. */
interface Redirects {

    /** Something failed that may come of a change. */
    void suspect();

    /** The partition's batch may be sent again, by whichever sender it is at. */
    void wake(Partition partition);

    /** That node has the slot now ({@code MOVED}). */
    void moved(int slot, HostAndPort master);

    /** The lane's batch is to be sent there next, since its slot is being moved there ({@code ASK}). */
    void ask(PublishLane lane, HostAndPort node);

    /** Where a redirection points. A node that does not know its own address leaves the host out, and means the same one. */
    static HostAndPort target(JedisRedirectionException redirection, HostAndPort asked) {
        HostAndPort target = redirection.getTargetNode();
        return target.getHost().isEmpty() ? new HostAndPort(asked.getHost(), target.getPort()) : target;
    }
}
