package live.telemetry.tck;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import live.telemetry.core.Broadcaster;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.History;
import live.telemetry.core.Position;
import live.telemetry.core.Publication;
import live.telemetry.core.TelemetryException;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import org.jspecify.annotations.Nullable;

/** One node's broadcaster in a simulated network. What is not volatile is touched only by tasks of virtual time. */
final class SimulatedNode implements Broadcaster {

    private final SimulatedNetwork network;
    private final AtomicInteger accepted = new AtomicInteger();
    private volatile @Nullable Sink sink;
    private volatile State state = State.DEGRADED;
    private volatile boolean closed;

    private final SimulatedLane lane;
    private final Set<TopicPattern> wanted = new LinkedHashSet<>();
    private final Map<Topic, Duration> lastDelivery = new HashMap<>();
    private boolean linkUp = true;
    private int outages;

    SimulatedNode(SimulatedNetwork network) {
        this.network = network;
        this.lane = new SimulatedLane(this, network);
    }

    @Override
    public void start(Sink newSink) {
        if (sink != null) {
            throw new IllegalStateException("a broadcaster is started once; join another to the cluster");
        }
        sink = newSink;
        network.soon(() -> {
            if (!closed) {
                network.join(this);
                reachabilityChanged();
            }
        });
    }

    @Override
    public CompletionStage<Position> publish(Publication publication) {
        if (sink == null || closed) {
            return CompletableFuture.failedFuture(unavailable("the broadcaster is not running"));
        }
        if (accepted.incrementAndGet() > network.publishBuffer) {
            accepted.decrementAndGet();
            return CompletableFuture.failedFuture(unavailable("the publish buffer is full; try again later"));
        }
        CompletableFuture<Position> answer = new CompletableFuture<>();
        answer.whenComplete((position, failure) -> accepted.decrementAndGet());
        network.soon(() -> {
            if (closed) {
                answer.completeExceptionally(unavailable("the broadcaster was closed while the record waited"));
            } else {
                lane.add(publication, answer);
            }
        });
        return answer;
    }

    @Override
    public void interest(TopicPattern pattern, boolean on) {
        network.soon(() -> {
            if (!on) {
                wanted.remove(pattern);
            } else if (wanted.add(pattern)) {
                network.announceHeads(this, pattern);
            }
        });
    }

    @Override
    public CompletionStage<History> history(Topic topic, Position after, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1: " + limit);
        }
        network.historyCalls.incrementAndGet();
        return ask(() -> {
            int page = Math.min(limit, network.turbulence.historyPage());
            return network.store.history(topic, after, page);
        });
    }

    @Override
    public CompletionStage<Map<Topic, Position>> topics(TopicPattern pattern) {
        return ask(() -> network.store.heads(pattern));
    }

    private <T> CompletionStage<T> ask(Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        network.soon(() -> network.time.after(network.historyLag(), () -> {
            if (!reachable() || network.historyFails()) {
                answer.completeExceptionally(unavailable("the store cannot be reached; ask again later"));
                return;
            }
            T found = question.get();
            network.time.after(network.historyLag(), () -> {
                if (reachable()) {
                    answer.complete(found);
                } else {
                    answer.completeExceptionally(unavailable("the store went away while it answered; ask again later"));
                }
            });
        }));
        return answer;
    }

    @Override
    public State state() {
        return state;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        state = State.DOWN;
        network.soon(() -> {
            network.leave(this);
            lane.close();
        });
    }

    boolean reachable() {
        return linkUp && network.storeUp() && !closed;
    }

    void link(boolean up) {
        if (linkUp != up) {
            linkUp = up;
            reachabilityChanged();
        }
    }

    /** To be called after a change, by a task of virtual time. */
    void reachabilityChanged() {
        outages++;
        if (reachable()) {
            become(State.UP);
            lane.reachable();
            network.announceHeads(this, TopicPattern.ALL);
            return;
        }
        become(State.DEGRADED);
        int outage = outages;
        network.time.after(network.publishTimeout, () -> {
            if (outage == outages) {
                become(State.DOWN);
            }
        });
    }

    private void become(State next) {
        Sink target = sink;
        if (state != next && !closed && target != null) {
            state = next;
            target.onState(next);
        }
    }

    boolean wants(Topic topic) {
        return wanted.stream().anyMatch(pattern -> pattern.matches(topic));
    }

    /**
     * Delivers after a lag, never before an earlier delivery of the topic.
     *
     * @return the lag that it became
     */
    Duration deliverInOrder(Topic topic, Duration lag, Consumer<Sink> delivery) {
        Duration now = network.time.now();
        Duration earliest = now.plus(lag);
        Duration last = lastDelivery.getOrDefault(topic, Duration.ZERO);
        Duration due = earliest.compareTo(last) > 0 ? earliest : last;
        lastDelivery.put(topic, due);
        deliver(due.minus(now), delivery);
        return due.minus(now);
    }

    void deliver(Duration lag, Consumer<Sink> delivery) {
        network.time.after(lag, () -> {
            Sink target = sink;
            if (reachable() && target != null) {
                delivery.accept(target);
            }
        });
    }

    private static TelemetryException unavailable(String why) {
        return new TelemetryException(ErrorCode.UNAVAILABLE, why);
    }
}
