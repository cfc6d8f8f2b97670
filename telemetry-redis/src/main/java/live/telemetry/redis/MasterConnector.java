package live.telemetry.redis;

import java.util.concurrent.Executor;
import redis.clients.jedis.HostAndPort;

/**
 * Makes what belongs to one master. Any thread.
 *
 * @param settings of the broadcaster
 * @param partitions all of them
 * @param connections makes them
 * @param check looks at each master before it is used
 * @param heads for the weaker fence
 * @param health is told which connections work
 * @param counters of the broadcaster
 * @param answers completes stages
 */
record MasterConnector(
        RedisSettings settings,
        Partitions partitions,
        RedisConnections connections,
        StoreCheck check,
        KnownHeads heads,
        HealthTracker health,
        RedisCounters counters,
        Executor answers) {

    private static final int MISSED_HEARTBEATS = 3;

    StoreMaster connect(
            HostAndPort master, Publisher publisher, FeedSubscriber.Listener listener, Redirects redirects) {
        LaneSender sender = new LaneSender(
                master,
                new RedisLink(master, connections, check, health, HealthTracker.Part.PUBLISHER, counters),
                publisher,
                redirects,
                health,
                heads,
                counters);
        StoreReader reader = new StoreReader(
                new RedisLink(master, connections, check, health, HealthTracker.Part.READER, counters),
                redirects::suspect,
                answers,
                counters);
        String ownChannel = settings.keyPrefix() + ":node:" + RandomNames.next();
        EndToEndProbe probe = new EndToEndProbe(
                sender, ownChannel, MISSED_HEARTBEATS * settings.heartbeat().toNanos());
        FeedSubscriber subscriber =
                new FeedSubscriber(master, connections, partitions, probe, health, counters, redirects, listener);
        return new StoreMaster(master, sender, reader, subscriber, probe);
    }
}
