package live.telemetry.redis;

import java.time.Duration;
import javax.net.ssl.SSLContext;
import live.telemetry.core.Retention;
import org.jspecify.annotations.Nullable;

/**
 * What a broadcaster was built with, validated by its builder.
 *
 * @param address where Redis is
 * @param sslContext for {@code rediss}; null for the JVM's
 * @param keyPrefix in front of every key and channel
 * @param clientName as which Redis lists the connections
 * @param partitions into how many the topics are divided; the same on every node
 * @param retention of every topic's stream
 * @param metadataLifetime how long positions outlive the last record of a topic
 * @param connectTimeout for TCP, TLS and login
 * @param commandTimeout until a connection that does not answer is given up
 * @param heartbeat how often the subscription is tested
 * @param publishTimeout how long a publish waits for Redis
 * @param publishBufferRecords publishes that wait at most
 * @param publishBufferBytes their size at most
 * @param feedBufferBytes messages received and not handled yet, at most
 * @param interestLinger how long a partition stays subscribed after its last interest ended
 * @param tailCheck lost last messages are looked for after half of this up to all of it, at random
 */
record RedisSettings(
        RedisAddress address,
        @Nullable SSLContext sslContext,
        String keyPrefix,
        String clientName,
        int partitions,
        Retention retention,
        Duration metadataLifetime,
        Duration connectTimeout,
        Duration commandTimeout,
        Duration heartbeat,
        Duration publishTimeout,
        int publishBufferRecords,
        long publishBufferBytes,
        long feedBufferBytes,
        Duration interestLinger,
        Duration tailCheck) {}
