package live.telemetry.redis;

import redis.clients.jedis.HostAndPort;

/**
 * One master, and the three connections to it, each with a thread of its own.
 *
 * @param address where it is
 * @param sender takes batches to it
 * @param reader asks it
 * @param subscriber receives from it
 * @param probe shows that what the sender sends comes back to the subscriber
 */
record StoreMaster(
        HostAndPort address, LaneSender sender, StoreReader reader, FeedSubscriber subscriber, EndToEndProbe probe)
        implements AutoCloseable {

    void start() {
        reader.start();
        sender.start();
        subscriber.start();
    }

    void heartbeat() {
        subscriber.heartbeat();
        sender.heartbeat();
        reader.heartbeat();
        probe.tick(System.nanoTime(), subscriber);
    }

    @Override
    public void close() {
        subscriber.close();
        sender.close();
        reader.close();
    }
}
