/**
 * The broadcaster of a cluster: nodes share one line of numbers, one history and their records through one Redis (6.2 or
 * newer), which may be a master that sentinels replace, or a Redis Cluster.
 *
 * <pre>
 *  publish() ──▶ PublishLane ──▶ LaneSender ─▶ publish.lua ─┐            ┌─▶ FeedSubscriber ─▶ RecordFeed ─▶ sink
 *               (each partition)                          Redis ─PUBLISH─┤                      │ TopicFeed
 *  history(), latest(), topics() ─▶ StoreReader ─▶ other scripts         └─▶ every other node   │ hole, new epoch
 *                                       ▲───────────────────────────────────────────────────────┘
 * </pre>
 *
 * <p><b>Storing</b> is one script call: {@code publish.lua} gives numbers, appends to the topics' streams (entry id = seq),
 * trims, and publishes one message. A batch has the records of one partition that waited when the answer to the one before
 * it came, so batches are of one when little happens and large under load. It carries a number of its producer, and is sent
 * again with the same number until it is answered: it cannot be stored twice.
 *
 * <p><b>Delivery</b> is Pub/Sub, which loses what is sent while nobody listens. So a topic's records go to the sink only
 * where they follow; at a hole they are read from the stream first. After each (re)subscription, once it is acknowledged,
 * the heads of all topics are compared. A last message that is lost leaves no hole; each message carries a counter of its
 * partition, and the counters are compared every few seconds.
 *
 * <p><b>Epochs.</b> A replica that lagged would use numbers again after a failover. Each topic remembers the replication id
 * under which it was written; the first script that finds another one opens a new epoch behind the records that are there,
 * and links the old one to it with the number at which it was cut. Who stood at or below the cut goes on without noticing,
 * who stood above is rolled back. Where scripts may not read the replication id, each call carries the newest position that
 * the node has seen, and a stored number below it opens the epoch: weaker, since a topic may have gone on above that number
 * before.
 *
 * <p><b>Keys</b>, for each partition with its hash tag ({@code Partition}): counter of messages, registry of topics, last
 * batch of each producer; for each topic: metadata ({@code topic.lua}), stream, latest record by key. Streams expire with the
 * retention; metadata after 30 days, since a position that is forgotten sooner would look like lost history. The form of
 * records and messages stands in {@code RecordBytes} and {@code FeedMessage}.
 *
 * <p><b>Masters.</b> {@code Topology} knows which master has which partition: always the same one, the one that sentinels name, or
 * the owner of the partition's slot. {@code Masters} keeps a sender, a reader and a subscriber at each ({@code StoreMaster}). When
 * a partition goes to another master, its lane sends the batch that has no answer there, with its number, which Redis
 * remembers in the slot itself; its subscription is made there, and its heads are compared. What a failover did not lose goes on
 * under another replication id, so without a gap. While a slot is between two masters ({@code ASK}, {@code TRYAGAIN}) its
 * partition waits. In a cluster of Redis 7 messages are published in the partition's slot, else to all nodes.
 *
 * <p><b>Threads</b>, all daemons: {@code publisher}, {@code reader} and {@code subscriber} have a connection each, to each master,
 * and only they wait for it; {@code topology}, if masters may change, asks where they are; {@code feed} calls the sink, {@code
 * answers} completes stages, {@code timer} begins what is repeated.
 */
@NullMarked
package live.telemetry.redis;

import org.jspecify.annotations.NullMarked;
