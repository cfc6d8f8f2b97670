package live.telemetry.redis;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import live.telemetry.core.Retention;
import org.jspecify.annotations.Nullable;

/** Configures a {@link RedisBroadcaster}. Each method validates at once and returns this. For one thread. */
public final class RedisBroadcasterBuilder {

    /** What keys and channels begin with unless told otherwise. */
    public static final String DEFAULT_KEY_PREFIX = "telemetry";

    /** Partitions unless told otherwise. */
    public static final int DEFAULT_PARTITIONS = 16;

    /** How long connecting may take unless told otherwise. */
    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(2);

    /** How long Redis may take to answer unless told otherwise. */
    public static final Duration DEFAULT_COMMAND_TIMEOUT = Duration.ofSeconds(2);

    /** How often the subscription is tested unless told otherwise. */
    public static final Duration DEFAULT_HEARTBEAT = Duration.ofSeconds(1);

    /** How long a publish waits unless told otherwise. */
    public static final Duration DEFAULT_PUBLISH_TIMEOUT = Duration.ofSeconds(10);

    /** Records that wait at most unless told otherwise. */
    public static final int DEFAULT_PUBLISH_BUFFER_RECORDS = 100_000;

    /** Bytes of records that wait at most unless told otherwise: 64 MiB. */
    public static final long DEFAULT_PUBLISH_BUFFER_BYTES = 64L << 20;

    /** Bytes of messages received and not handled yet unless told otherwise: 64 MiB. */
    public static final long DEFAULT_FEED_BUFFER_BYTES = 64L << 20;

    /** How long a partition stays subscribed that nobody wants any more, unless told otherwise. */
    public static final Duration DEFAULT_INTEREST_LINGER = Duration.ofSeconds(60);

    /** The longest pause between two searches for lost last messages unless told otherwise. */
    public static final Duration DEFAULT_TAIL_CHECK = Duration.ofSeconds(10);

    /** How long positions outlive a topic's last record, if its retention is not longer. */
    static final Duration METADATA_LIFETIME = Duration.ofDays(30);

    private static final int MAX_PARTITIONS = 1024;

    private RedisAddress address = RedisAddress.of(URI.create("redis://127.0.0.1:6379"));
    private @Nullable SSLContext sslContext;
    private String keyPrefix = DEFAULT_KEY_PREFIX;
    private String clientName = "telemetry";
    private int partitions = DEFAULT_PARTITIONS;
    private Retention retention = Retention.DEFAULT;
    private Duration connectTimeout = DEFAULT_CONNECT_TIMEOUT;
    private Duration commandTimeout = DEFAULT_COMMAND_TIMEOUT;
    private Duration heartbeat = DEFAULT_HEARTBEAT;
    private Duration publishTimeout = DEFAULT_PUBLISH_TIMEOUT;
    private int publishBufferRecords = DEFAULT_PUBLISH_BUFFER_RECORDS;
    private long publishBufferBytes = DEFAULT_PUBLISH_BUFFER_BYTES;
    private long feedBufferBytes = DEFAULT_FEED_BUFFER_BYTES;
    private Duration interestLinger = DEFAULT_INTEREST_LINGER;
    private Duration tailCheck = DEFAULT_TAIL_CHECK;

    RedisBroadcasterBuilder() {}

    /**
     * Where Redis is; with {@code rediss} in front, TLS is spoken. Everything but hosts and the master's name may be left out.
     * Replaces {@link #user}, {@link #password} and {@link #database}.
     *
     * <ul>
     *   <li>{@code redis://user:password@host:6379/0}: one Redis
     *   <li>{@code redis-sentinel://user:password@host:26379,host/master-name/0?sentinelUser=…&amp;sentinelPassword=…}: the
     *       master that these sentinels name
     *   <li>{@code redis-cluster://user:password@host:6379,host}: the Redis Cluster of these nodes
     * </ul>
     *
     * @param uri the address
     * @return this
     * @throws IllegalArgumentException if it is not such a URI
     */
    public RedisBroadcasterBuilder uri(String uri) {
        try {
            return uri(new URI(uri));
        } catch (URISyntaxException e) {
            // Its cause would show the whole text, password included.
            throw new IllegalArgumentException(
                    "uri must be like redis://host:6379, redis-sentinel://host,host/master-name or redis-cluster://host,host: "
                            + e.getReason());
        }
    }

    /**
     * Where Redis is, see {@link #uri(String)}.
     *
     * @param uri the address
     * @return this
     * @throws IllegalArgumentException if it is not such a URI
     */
    public RedisBroadcasterBuilder uri(URI uri) {
        this.address = RedisAddress.of(uri);
        return this;
    }

    /**
     * The ACL user.
     *
     * @param user its name; without this the default user
     * @return this
     */
    public RedisBroadcasterBuilder user(String user) {
        this.address = address.withUser(user);
        return this;
    }

    /**
     * The password.
     *
     * @param password of the user
     * @return this
     */
    public RedisBroadcasterBuilder password(String password) {
        this.address = address.withPassword(password);
        return this;
    }

    /**
     * The database; a cluster has only database 0. Channels of Redis know no databases, so its number is a part of their names.
     *
     * @param database its number, from 0
     * @return this
     */
    public RedisBroadcasterBuilder database(int database) {
        this.address = address.withDatabase(Bounds.atLeast("database", database, 0));
        return this;
    }

    /**
     * Whom to trust, and as whom to present oneself, where the URI begins with {@code rediss}. Host names are verified.
     *
     * @param context instead of the JVM's default
     * @return this
     */
    public RedisBroadcasterBuilder sslContext(SSLContext context) {
        this.sslContext = context;
        return this;
    }

    /**
     * What every key and channel begins with; nodes with the same prefix, address and database are one cluster.
     *
     * @param prefix 1 to 64 of {@code A–Z a–z 0–9 _ - : .}
     * @return this
     * @throws IllegalArgumentException if it has other characters or another length
     */
    public RedisBroadcasterBuilder keyPrefix(String prefix) {
        if (!prefix.matches("[A-Za-z0-9_:.-]{1,64}")) {
            throw new IllegalArgumentException("keyPrefix must be 1 to 64 of A-Z a-z 0-9 _ - : . and not " + prefix);
        }
        this.keyPrefix = prefix;
        return this;
    }

    /**
     * As which {@code CLIENT LIST} shows the connections, with their role behind it.
     *
     * @param name 1 to 64 printable ASCII characters without spaces
     * @return this
     * @throws IllegalArgumentException if it has other characters or another length
     */
    public RedisBroadcasterBuilder clientName(String name) {
        if (!name.matches("[!-~]{1,64}")) {
            throw new IllegalArgumentException("clientName must be 1 to 64 printable characters without spaces");
        }
        this.clientName = name;
        return this;
    }

    /**
     * Into how many partitions the topics are divided. It must be the same on every node, and stay the same as long as there
     * is history; a node with another number stays {@code DOWN}.
     *
     * @param count 1 to 1,024
     * @return this
     * @throws IllegalArgumentException if it is out of bounds
     */
    public RedisBroadcasterBuilder partitions(int count) {
        if (count < 1 || count > MAX_PARTITIONS) {
            throw new IllegalArgumentException("partitions must be from 1 to " + MAX_PARTITIONS + ": " + count);
        }
        this.partitions = count;
        return this;
    }

    /**
     * How much of each topic Redis keeps. All three bounds are kept roughly: up to 100 records more, and a sixteenth of the
     * bytes and of the age more. An idle topic's records expire as a whole.
     *
     * @param bounds the same on every node
     * @return this
     */
    public RedisBroadcasterBuilder retention(Retention bounds) {
        this.retention = bounds;
        return this;
    }

    /**
     * How long connecting, TLS and login may take.
     *
     * @param timeout 1 ms to an hour
     * @return this
     * @throws IllegalArgumentException if it is out of bounds
     */
    public RedisBroadcasterBuilder connectTimeout(Duration timeout) {
        this.connectTimeout = Bounds.duration("connectTimeout", timeout);
        return this;
    }

    /**
     * After which time without an answer a connection is given up. What was sent is sent again; it is not stored twice.
     *
     * @param timeout 1 ms to an hour
     * @return this
     * @throws IllegalArgumentException if it is out of bounds
     */
    public RedisBroadcasterBuilder commandTimeout(Duration timeout) {
        this.commandTimeout = Bounds.duration("commandTimeout", timeout);
        return this;
    }

    /**
     * How often the subscription is tested, and a message sent to oneself. A subscription that is silent for three times as
     * long is made anew.
     *
     * @param interval 1 ms to an hour
     * @return this
     * @throws IllegalArgumentException if it is out of bounds
     */
    public RedisBroadcasterBuilder heartbeat(Duration interval) {
        this.heartbeat = Bounds.duration("heartbeat", interval);
        return this;
    }

    /**
     * How long a publish waits for Redis until it fails with {@code UNAVAILABLE}. One that was under way then may be stored
     * nevertheless.
     *
     * @param timeout 1 ms to an hour
     * @return this
     * @throws IllegalArgumentException if it is out of bounds
     */
    public RedisBroadcasterBuilder publishTimeout(Duration timeout) {
        this.publishTimeout = Bounds.duration("publishTimeout", timeout);
        return this;
    }

    /**
     * How many publishes wait at most; one more fails at once with {@code UNAVAILABLE}.
     *
     * @param records at least 1
     * @param bytes at least 1
     * @return this
     * @throws IllegalArgumentException if one is below 1
     */
    public RedisBroadcasterBuilder publishBuffer(int records, long bytes) {
        this.publishBufferRecords = Bounds.atLeast("publishBuffer records", records, 1);
        this.publishBufferBytes = Bounds.atLeast("publishBuffer bytes", bytes, 1);
        return this;
    }

    /**
     * How many bytes of messages wait at most until the sink has taken them. Messages above it are dropped, counted in {@link
     * RedisStats#droppedMessages}, and their records read from the stream afterwards.
     *
     * @param bytes at least 1
     * @return this
     * @throws IllegalArgumentException if it is below 1
     */
    public RedisBroadcasterBuilder feedBuffer(long bytes) {
        this.feedBufferBytes = Bounds.atLeast("feedBuffer bytes", bytes, 1);
        return this;
    }

    /**
     * How long a partition stays subscribed after the last interest in it ended, so that a reload of a page costs nothing.
     *
     * @param linger 1 ms to an hour
     * @return this
     * @throws IllegalArgumentException if it is out of bounds
     */
    public RedisBroadcasterBuilder interestLinger(Duration linger) {
        this.interestLinger = Bounds.duration("interestLinger", linger);
        return this;
    }

    /**
     * The longest pause between two comparisons of the partitions' counters, which find last messages that were lost. The
     * pause is at random between half of this and this.
     *
     * @param pause 1 ms to an hour
     * @return this
     * @throws IllegalArgumentException if it is out of bounds
     */
    public RedisBroadcasterBuilder tailCheck(Duration pause) {
        this.tailCheck = Bounds.duration("tailCheck", pause);
        return this;
    }

    /**
     * Makes the broadcaster; it connects when it is started.
     *
     * @return a broadcaster for one server
     */
    public RedisBroadcaster build() {
        Duration twiceTheAge = retention.maxAge().multipliedBy(2);
        return new RedisBroadcaster(new RedisSettings(
                address,
                sslContext,
                keyPrefix,
                clientName,
                partitions,
                retention,
                twiceTheAge.compareTo(METADATA_LIFETIME) > 0 ? twiceTheAge : METADATA_LIFETIME,
                connectTimeout,
                commandTimeout,
                heartbeat,
                publishTimeout,
                publishBufferRecords,
                publishBufferBytes,
                feedBufferBytes,
                interestLinger,
                tailCheck));
    }
}
