package live.telemetry.redis;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/** Looks at a Redis before it is used: is it new enough, can scripts fence, do all nodes divide alike, may it evict. Any thread. */
final class StoreCheck {

    private static final Logger LOG = LoggerFactory.getLogger(StoreCheck.class);

    private static final Pattern VERSION = Pattern.compile("(?<=redis_version:)(\\d+)\\.(\\d+)");

    private final RedisSettings settings;
    private final FenceMode fence;
    private volatile boolean warnedOfEviction;
    private volatile @Nullable String conflict;

    StoreCheck(RedisSettings settings, FenceMode fence) {
        this.settings = settings;
        this.fence = fence;
    }

    /**
     * Asks what there is to ask.
     *
     * @throws JedisDataException if this node must not use it
     * @throws JedisConnectionException if the connection broke
     */
    void check(RedisConnection connection, HostAndPort master) {
        String partitionsKey = settings.keyPrefix() + ":partitions";
        String mine = Integer.toString(settings.partitions());
        List<StoreCommand> questions = List.of(
                StoreCommand.of(Command.EVAL, "return redis.call('INFO', 'replication')", "0"),
                StoreCommand.of(Command.SETNX, partitionsKey, mine),
                StoreCommand.of(Command.GET, partitionsKey),
                StoreCommand.of(Command.INFO, "memory"),
                StoreCommand.of(Command.INFO, "server"));
        List<Object> answers = connection.exchange(questions);
        if (answers.get(1) instanceof JedisDataException error
                && error.getMessage().startsWith("READONLY")) {
            throw error;
        }
        checkFence(answers.get(0), master);
        checkPartitions(answers.get(2), mine);
        warnOfEviction(answers.get(3));
        checkVersion(answers.get(4));
    }

    /** Older ones fail in the middle of a script. Where the version may not be asked, it is trusted. */
    private static void checkVersion(Object answer) {
        Matcher version = VERSION.matcher(text(answer));
        if (version.find()) {
            int major = Integer.parseInt(version.group(1));
            int minor = Integer.parseInt(version.group(2));
            if (major < 6 || (major == 6 && minor < 2)) {
                throw new JedisDataException("Redis 6.2 or newer is needed, this is " + version.group());
            }
        }
    }

    private void checkFence(Object answer, HostAndPort master) {
        boolean possible = text(answer).contains("master_replid:");
        if (!possible && answer instanceof JedisDataException error && passes(error)) {
            throw error;
        }
        if (fence.byReplicationId(master, possible)) {
            if (possible) {
                LOG.info("scripts may read INFO replication on {} now", master);
            } else {
                LOG.warn(
                        "scripts may not read INFO replication on {}: a failover that loses records is noticed only by"
                                + " topics that this node has seen",
                        master);
            }
            LOG.info("fence: {}", fence);
        }
    }

    /** Whether Redis only cannot answer at the moment. */
    private static boolean passes(JedisDataException error) {
        String message = String.valueOf(error.getMessage());
        return message.startsWith("LOADING") || message.startsWith("BUSY") || message.startsWith("MASTERDOWN");
    }

    private void checkPartitions(Object answer, String mine) {
        String theirs = text(answer);
        if (answer instanceof byte[]) {
            conflict = theirs.equals(mine)
                    ? null
                    : "the nodes of " + settings.keyPrefix() + " divide topics into " + theirs
                            + " partitions, this one into " + mine + "; set partitions alike everywhere";
            confirm();
        }
    }

    /**
     * Looks whether a check, on any master, has failed for good. Of a cluster only one master can tell.
     *
     * @throws JedisDataException if this node must not use the store
     */
    void confirm() {
        String found = conflict;
        if (found != null) {
            throw new JedisDataException(found);
        }
    }

    private void warnOfEviction(Object answer) {
        String memory = text(answer);
        if (!warnedOfEviction && memory.contains("maxmemory_policy:") && !memory.contains("policy:noeviction")) {
            warnedOfEviction = true;
            LOG.warn("Redis may evict keys (maxmemory-policy is not noeviction): readers will see gaps where it does");
        }
    }

    private static String text(Object answer) {
        return answer instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : "";
    }
}
