package live.telemetry.redis;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * Asks sentinels for the master, one after the other. It does not wait for {@code +switch-master}: a message can be lost, an
 * answer cannot. A sentinel that is cut off names an old master; its configuration epoch is older as well, and gives it away.
 */
final class SentinelFinder implements MasterFinder {

    /** Behind one name may be several sentinels. */
    private static final int OLDER_ANSWERS = 5;

    private final String masterName;
    private final int partitions;
    private final Informants sentinels;

    private long newestEpoch;
    /** Who has named an older epoch since somebody named the newest. */
    private final Set<HostAndPort> older = new HashSet<>();

    private int olderAnswers;
    private @Nullable HostAndPort master;

    SentinelFinder(RedisAddress address, int partitions, RedisConnections connections) {
        this.masterName = address.masterName();
        this.partitions = partitions;
        this.sentinels = new Informants(address.hosts(), connections::openSentinel);
    }

    @Override
    public MasterMap find(List<HostAndPort> better) {
        // During a failover the first names the new master already, and only the second has the epoch.
        Informants.Answer answer = sentinels.ask(
                List.of(),
                List.of(
                        StoreCommand.of(Command.SENTINEL, "GET-MASTER-ADDR-BY-NAME", masterName),
                        StoreCommand.of(Command.SENTINEL, "MASTER", masterName)));
        List<Object> replies = answer.replies();
        if (!(replies.get(0) instanceof List<?> address)) {
            throw new JedisDataException("the sentinels know no master with the name " + masterName);
        }
        HostAndPort named = new HostAndPort(text(address.get(0)), Integer.parseInt(text(address.get(1))));
        return MasterMap.of(newest(answer.from(), named, epoch(replies.get(1))), partitions);
    }

    private HostAndPort newest(HostAndPort sentinel, HostAndPort named, long epoch) {
        HostAndPort known = master;
        if (known != null && epoch < newestEpoch && !haveBegunAnew(sentinel)) {
            return known;
        }
        older.clear();
        olderAnswers = 0;
        newestEpoch = epoch;
        master = named;
        return named;
    }

    /** Most of them say so, again and again. One that is cut off from the others does not count for more than one. */
    private boolean haveBegunAnew(HostAndPort sentinel) {
        older.add(sentinel);
        olderAnswers++;
        return older.size() > sentinels.count() / 2 && olderAnswers >= OLDER_ANSWERS;
    }

    private static long epoch(Object reply) {
        if (reply instanceof List<?> fields) {
            for (int i = 0; i + 1 < fields.size(); i += 2) {
                if (text(fields.get(i)).equals("config-epoch")) {
                    return Long.parseLong(text(fields.get(i + 1)));
                }
            }
        }
        return 0;
    }

    private static String text(Object reply) {
        return new String((byte[]) reply, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        sentinels.close();
    }
}
