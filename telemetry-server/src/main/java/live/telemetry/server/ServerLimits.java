package live.telemetry.server;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * Every bound of a server. Immutable; begin with {@link #DEFAULT} and change what you need.
 *
 * @param maxConnections connections at once; further ones are answered 503
 * @param maxHeadBytes the head of a request; beyond it 431
 * @param headTimeout how long a head may take, at most a day; beyond it 408
 * @param maxMessageBytes a message of a client; beyond it close code 1009
 * @param maxRecordBytes the data of a record, as UTF-8; beyond it {@code RECORD_TOO_LARGE}
 * @param maxSubscriptions subscriptions of a session; beyond it {@code TOO_MANY_TOPICS}
 * @param maxSessionTopics topics that the subscriptions of a session come to; further ones are not delivered and told by {@code
 *     TOO_MANY_TOPICS}
 * @param maxRequestsInFlight requests of a session that wait for the broadcaster or a token check, and resyncs that are not
 *     answered yet; at the bound it is not read from
 * @param maxTopics topics of the local broadcaster; a record for a further one fails with {@code TOO_MANY_TOPICS}
 * @param maxKeysPerTopic keys of a topic whose latest record is kept; beyond it the one that was silent for longest goes
 * @param maxRetainedBytes direct memory of all logs; beyond it idle logs that nobody watches go first, then the oldest records
 *     of the largest. As much heap again is the bound of the latest records by key of all topics; beyond it a topic that adds to
 *     its own drops the key that was silent for longest
 * @param sendBufferBytes the socket's send buffer; what a slow reader leaves there is not written to memory of ours
 * @param stallTimeout how long a peer may take no byte while output waits for it, at most a day; beyond it close code 4408
 */
public record ServerLimits(
        int maxConnections,
        int maxHeadBytes,
        Duration headTimeout,
        int maxMessageBytes,
        int maxRecordBytes,
        int maxSubscriptions,
        int maxSessionTopics,
        int maxRequestsInFlight,
        int maxTopics,
        int maxKeysPerTopic,
        long maxRetainedBytes,
        int sendBufferBytes,
        Duration stallTimeout) {

    /** The largest {@link #maxRecordBytes}: a record has to fit into one block of a log. */
    public static final int LARGEST_RECORD_BYTES = 1_000_000;

    private static final Duration LONGEST = Duration.ofDays(1);

    /** 10,000 connections, 256 kB messages, 128 kB records, and the rest as the README's table has it. */
    public static final ServerLimits DEFAULT = new ServerLimits(
            10_000,
            32 << 10,
            Duration.ofSeconds(5),
            256 << 10,
            128 << 10,
            1_000,
            20_000,
            64,
            200_000,
            10_000,
            Math.max(8L << 20, Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 4)),
            256 << 10,
            Duration.ofSeconds(120));

    /**
     * Validates every bound.
     *
     * @throws IllegalArgumentException that names the bound and the value
     */
    public ServerLimits {
        atLeast(1, maxConnections, "maxConnections");
        atLeast(256, maxHeadBytes, "maxHeadBytes");
        upToADay(headTimeout, "headTimeout");
        atLeast(1_024, maxMessageBytes, "maxMessageBytes");
        atLeast(1, maxRecordBytes, "maxRecordBytes");
        atLeast(1, maxSubscriptions, "maxSubscriptions");
        atLeast(1, maxSessionTopics, "maxSessionTopics");
        atLeast(1, maxRequestsInFlight, "maxRequestsInFlight");
        atLeast(1, maxTopics, "maxTopics");
        atLeast(1, maxKeysPerTopic, "maxKeysPerTopic");
        atLeast(1 << 20, maxRetainedBytes, "maxRetainedBytes");
        atLeast(4 << 10, sendBufferBytes, "sendBufferBytes");
        upToADay(stallTimeout, "stallTimeout");
        if (maxRecordBytes > LARGEST_RECORD_BYTES) {
            throw new IllegalArgumentException(
                    "maxRecordBytes must be at most " + LARGEST_RECORD_BYTES + ": " + maxRecordBytes);
        }
    }

    private static void atLeast(long least, long value, String name) {
        if (value < least) {
            throw new IllegalArgumentException(name + " must be at least " + least + ": " + value);
        }
    }

    private static void upToADay(Duration value, String name) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " must be positive: " + value);
        }
        if (value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(name + " must be at most a day: " + value);
        }
    }

    /**
     * The same with another {@link #maxConnections}.
     *
     * @param value the new bound
     * @return new limits
     * @throws IllegalArgumentException if it is out of bounds
     */
    public ServerLimits withMaxConnections(int value) {
        return with(draft -> draft.maxConnections = value);
    }

    /**
     * The same with another {@link #maxHeadBytes}.
     *
     * @param value the new bound
     * @return new limits
     * @throws IllegalArgumentException if it is out of bounds
     */
    public ServerLimits withMaxHeadBytes(int value) {
        return with(draft -> draft.maxHeadBytes = value);
    }

    /**
     * The same with another {@link #headTimeout}.
     *
     * @param value the new bound
     * @return new limits
     * @throws IllegalArgumentException if it is out of bounds
     */
    public ServerLimits withHeadTimeout(Duration value) {
        return with(draft -> draft.headTimeout = value);
    }

    /**
     * The same with another {@link #maxMessageBytes}.
     *
     * @param value the new bound
     * @return new limits
     * @throws IllegalArgumentException if it is out of bounds
     */
    public ServerLimits withMaxMessageBytes(int value) {
        return with(draft -> draft.maxMessageBytes = value);
    }

    /**
     * The same with another {@link #maxRecordBytes}.
     *
     * @param value the new bound
     * @return new limits
     * @throws IllegalArgumentException if it is out of bounds
     */
    public ServerLimits withMaxRecordBytes(int value) {
        return with(draft -> draft.maxRecordBytes = value);
    }

    /**
     * The same with another {@link #maxSubscriptions}.
     *
     * @param value the new bound
     * @return new limits
     * @throws IllegalArgumentException if it is out of bounds
     */
    public ServerLimits withMaxSubscriptions(int value) {
        return with(draft -> draft.maxSubscriptions = value);
    }

    /**
     * The same with another {@link #maxSessionTopics}.
     *
     * @param value the new bound
     * @return new limits
     * @throws IllegalArgumentException if it is out of bounds
     */
    public ServerLimits withMaxSessionTopics(int value) {
        return with(draft -> draft.maxSessionTopics = value);
    }

    /**
     * The same with another {@link #maxRequestsInFlight}.
     *
     * @param value the new bound
     * @return new limits
     * @throws IllegalArgumentException if it is out of bounds
     */
    public ServerLimits withMaxRequestsInFlight(int value) {
        return with(draft -> draft.maxRequestsInFlight = value);
    }

    /**
     * The same with another {@link #maxTopics}.
     *
     * @param value the new bound
     * @return new limits
     * @throws IllegalArgumentException if it is out of bounds
     */
    public ServerLimits withMaxTopics(int value) {
        return with(draft -> draft.maxTopics = value);
    }

    /**
     * The same with another {@link #maxKeysPerTopic}.
     *
     * @param value the new bound
     * @return new limits
     * @throws IllegalArgumentException if it is out of bounds
     */
    public ServerLimits withMaxKeysPerTopic(int value) {
        return with(draft -> draft.maxKeysPerTopic = value);
    }

    /**
     * The same with another {@link #maxRetainedBytes}.
     *
     * @param value the new bound
     * @return new limits
     * @throws IllegalArgumentException if it is out of bounds
     */
    public ServerLimits withMaxRetainedBytes(long value) {
        return with(draft -> draft.maxRetainedBytes = value);
    }

    /**
     * The same with another {@link #sendBufferBytes}.
     *
     * @param value the new bound
     * @return new limits
     * @throws IllegalArgumentException if it is out of bounds
     */
    public ServerLimits withSendBufferBytes(int value) {
        return with(draft -> draft.sendBufferBytes = value);
    }

    /**
     * The same with another {@link #stallTimeout}.
     *
     * @param value the new bound
     * @return new limits
     * @throws IllegalArgumentException if it is out of bounds
     */
    public ServerLimits withStallTimeout(Duration value) {
        return with(draft -> draft.stallTimeout = value);
    }

    private ServerLimits with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.limits();
    }

    /** A copy in which one bound can be changed. */
    private static final class Draft {
        private int maxConnections;
        private int maxHeadBytes;
        private Duration headTimeout;
        private int maxMessageBytes;
        private int maxRecordBytes;
        private int maxSubscriptions;
        private int maxSessionTopics;
        private int maxRequestsInFlight;
        private int maxTopics;
        private int maxKeysPerTopic;
        private long maxRetainedBytes;
        private int sendBufferBytes;
        private Duration stallTimeout;

        private Draft(ServerLimits from) {
            maxConnections = from.maxConnections;
            maxHeadBytes = from.maxHeadBytes;
            headTimeout = from.headTimeout;
            maxMessageBytes = from.maxMessageBytes;
            maxRecordBytes = from.maxRecordBytes;
            maxSubscriptions = from.maxSubscriptions;
            maxSessionTopics = from.maxSessionTopics;
            maxRequestsInFlight = from.maxRequestsInFlight;
            maxTopics = from.maxTopics;
            maxKeysPerTopic = from.maxKeysPerTopic;
            maxRetainedBytes = from.maxRetainedBytes;
            sendBufferBytes = from.sendBufferBytes;
            stallTimeout = from.stallTimeout;
        }

        private ServerLimits limits() {
            return new ServerLimits(
                    maxConnections,
                    maxHeadBytes,
                    headTimeout,
                    maxMessageBytes,
                    maxRecordBytes,
                    maxSubscriptions,
                    maxSessionTopics,
                    maxRequestsInFlight,
                    maxTopics,
                    maxKeysPerTopic,
                    maxRetainedBytes,
                    sendBufferBytes,
                    stallTimeout);
        }
    }
}
