package live.telemetry.redis;

import live.telemetry.core.Topic;
import redis.clients.jedis.util.JedisClusterCRC16;

/**
 * One of the parts into which topics are divided. Its keys share a hash tag, so that one script can touch all of them, and
 * it has a Pub/Sub channel of its own.
 *
 * @param index from 0
 * @param tag what its keys begin with, hash tag included
 * @param channel where its records are published
 */
record Partition(int index, String tag, String channel) {

    /** Where a cluster has its keys and its channel. */
    int slot() {
        return JedisClusterCRC16.getSlot(tag);
    }

    /** Goes up by one with every message, so that a missing one is noticed. */
    String counterKey() {
        return tag + ":n";
    }

    /** Sorted set: topic → time of its last activity, ms. */
    String registryKey() {
        return tag + ":topics";
    }

    /** Never exists; to write without an effect. */
    String nothingKey() {
        return tag + ":nothing";
    }

    String producerKey(String producer) {
        return tag + ":p:" + producer;
    }

    String metadataKey(Topic topic) {
        return tag + ":t:" + topic.name();
    }

    String streamKey(Topic topic) {
        return tag + ":s:" + topic.name();
    }

    String latestKey(Topic topic) {
        return tag + ":k:" + topic.name();
    }
}
