package live.telemetry.redis;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import live.telemetry.core.Broadcaster.EpochChange;
import live.telemetry.core.Broadcaster.Sink;
import live.telemetry.core.Position;
import live.telemetry.core.TelemetryRecord;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings records from messages to the sink. One thread of its own does everything, in the order of one queue: messages, what
 * the store answered, changes of interest. So what belongs to partitions and topics needs no lock, and the sink's calls come one
 * after another. Messages are bounded by their bytes; one above is dropped, and missed like any other that was lost.
 */
final class RecordFeed implements FeedSubscriber.Listener, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RecordFeed.class);

    private static final int REPAIR_PAGE = 1_000;
    private static final long RETRY_MILLIS = 200;

    private final RedisSettings settings;
    private final Sink sink;
    private final StoreQuestions store;
    private final FeedSubscriptions subscriptions;
    private final ScheduledExecutorService timer;
    private final RedisCounters counters;
    private final BlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
    private final AtomicLong queuedBytes = new AtomicLong();
    private final WorkerThread worker;
    private volatile boolean closed;

    // The feed thread's.
    private final InterestTable interest = new InterestTable();
    private final List<PartitionFeed> partitions;
    private final Map<Topic, TopicFeed> topics = new HashMap<>();
    private final Repairs repairs;
    private final TopicFeed.Output output = new ToSink();

    RecordFeed(
            RedisSettings settings,
            Sink sink,
            StoreQuestions store,
            FeedSubscriptions subscriptions,
            ScheduledExecutorService timer,
            RedisCounters counters) {
        this.settings = settings;
        this.sink = sink;
        this.store = store;
        this.subscriptions = subscriptions;
        this.timer = timer;
        this.counters = counters;
        PartitionFeed.Heads heads = new FeedHeads();
        this.partitions = store.partitions().all().stream()
                .map(partition -> new PartitionFeed(partition, heads, counters))
                .toList();
        this.repairs = new Repairs(
                (topic, after) -> store.recover(topic, after, REPAIR_PAGE),
                this::post,
                this::later,
                feed -> feed.isWanted(interest),
                output,
                counters);
        this.worker = new WorkerThread("feed", this::run);
    }

    void start() {
        worker.start();
    }

    // ---- any thread

    void interest(TopicPattern pattern, boolean wanted) {
        post(() -> changeInterest(pattern, wanted));
    }

    @Override
    public void received(FeedSubscriber from, Partition partition, byte[] message) {
        if (queuedBytes.addAndGet(message.length) > settings.feedBufferBytes()) {
            queuedBytes.addAndGet(-message.length);
            counters.droppedMessages.increment();
            return;
        }
        post(() -> {
            queuedBytes.addAndGet(-message.length);
            PartitionFeed feed = partitions.get(partition.index());
            if (feed.isFrom(from)) {
                handle(feed, message);
            }
        });
    }

    @Override
    public void acknowledged(FeedSubscriber from, Partition partition) {
        post(() -> partitions.get(partition.index()).acknowledged(from));
    }

    @Override
    public void lost(FeedSubscriber from, Partition partition) {
        post(() -> lost(from, partitions.get(partition.index())));
    }

    @Override
    public void disconnected(FeedSubscriber from) {
        post(() -> partitions.forEach(feed -> lost(from, feed)));
    }

    private static void lost(FeedSubscriber from, PartitionFeed feed) {
        if (feed.isFrom(from)) {
            feed.disconnected();
        }
    }

    /** Gives up subscriptions that nobody wants any more. */
    void sweep() {
        post(() -> partitions.forEach(this::sweep));
    }

    /** Looks for last messages that were lost. */
    void checkTails() {
        post(() -> partitions.forEach(PartitionFeed::checkTail));
    }

    private void post(Runnable task) {
        if (!closed) {
            queue.add(task);
        }
    }

    private void later(Runnable task) {
        try {
            timer.schedule(() -> post(task), RETRY_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("closing: a retry is left out");
        }
    }

    // ---- the feed thread

    private void run() {
        while (!closed) {
            try {
                queue.take().run();
            } catch (InterruptedException e) {
                LOG.debug("the feed ends");
                return;
            } catch (RuntimeException e) {
                LOG.error("the feed goes on after an error", e);
            }
        }
    }

    private void handle(PartitionFeed partition, byte[] bytes) {
        FeedMessage message;
        try {
            message = FeedMessage.decode(bytes);
        } catch (RuntimeException e) {
            counters.unreadableMessages.increment();
            LOG.debug(
                    "a message on {} cannot be read: {}", partition.partition().channel(), e.getMessage());
            return;
        }
        counters.messages.increment();
        partition.counted(message.counter());
        for (FeedMessage.Run run : message.runs()) {
            TopicFeed feed = feed(run.topic());
            store.known().learn(run.topic(), new Position(run.epoch(), run.last()));
            if (feed.isWanted(interest)) {
                feed.received(run, output);
            } else {
                feed.skip(run);
            }
        }
    }

    private TopicFeed feed(Topic topic) {
        TopicFeed feed = topics.get(topic);
        if (feed == null) {
            feed = new TopicFeed(topic, counters);
            topics.put(topic, feed);
        }
        return feed;
    }

    private void changeInterest(TopicPattern pattern, boolean wanted) {
        if (!interest.change(pattern, wanted)) {
            return;
        }
        Topic exact = pattern.exactTopic().orElse(null);
        if (exact == null) {
            partitions.forEach(partition -> changeInterest(partition, null, wanted));
        } else {
            int index = store.partitions().of(exact).index();
            changeInterest(partitions.get(index), exact, wanted);
        }
    }

    private void changeInterest(PartitionFeed partition, @Nullable Topic topic, boolean wanted) {
        if (!wanted) {
            partition.release(System.nanoTime());
            return;
        }
        if (partition.acquire()) {
            subscriptions.subscribe(partition.partition());
        }
        if (partition.isSubscribed() && topic != null) {
            partition.tellHead(topic);
        } else if (partition.isSubscribed()) {
            partition.tellHeads();
        }
    }

    private void sweep(PartitionFeed partition) {
        boolean idle = partition.hasLingered(
                System.nanoTime(), settings.interestLinger().toNanos());
        if (idle && partition.isSubscribed()) {
            subscriptions.unsubscribe(partition.partition());
            partition.disconnected();
            topics.keySet()
                    .removeIf(topic -> store.partitions().of(topic).index()
                            == partition.partition().index());
        }
    }

    @Override
    public void close() {
        closed = true;
        worker.close();
        queue.clear();
    }

    private final class FeedHeads implements PartitionFeed.Heads {
        @Override
        public CompletableFuture<Map<Topic, Position>> read(Partition partition, @Nullable List<Topic> only) {
            return only == null ? store.heads().all(partition) : store.heads().of(partition, only);
        }

        @Override
        public CompletableFuture<Long> counter(Partition partition) {
            return store.counter(partition);
        }

        @Override
        public void post(Runnable task) {
            RecordFeed.this.post(task);
        }

        @Override
        public void later(Runnable task) {
            RecordFeed.this.later(task);
        }

        @Override
        public void found(Map<Topic, Position> heads) {
            heads.forEach((topic, head) -> {
                if (interest.wants(topic)) {
                    feed(topic).announced(head, output);
                }
            });
        }
    }

    private final class ToSink implements TopicFeed.Output {
        @Override
        public void records(Topic topic, String epoch, List<TelemetryRecord> records) {
            tell(() -> sink.onRecords(topic, epoch, records));
        }

        @Override
        public void head(Topic topic, Position head) {
            tell(() -> sink.onHead(topic, head));
        }

        @Override
        public void epochChange(EpochChange change) {
            tell(() -> sink.onEpochChange(change));
        }

        @Override
        public void repair(TopicFeed feed) {
            repairs.repair(feed);
        }

        private void tell(Runnable call) {
            try {
                call.run();
            } catch (RuntimeException e) {
                counters.sinkErrors.increment();
                LOG.error("the sink failed, which it must not", e);
            }
        }
    }
}
