package live.telemetry.tck;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Position;
import live.telemetry.core.Publication;
import live.telemetry.core.TelemetryException;
import org.jspecify.annotations.Nullable;

/**
 * The way of a node's publishes to the store: one queue, one batch under way. A batch that is cut off is sent again once the
 * store can be reached; what the store has of it already is not stored twice. Everything runs in virtual time.
 */
final class SimulatedLane {

    private static final int BATCH = 64;

    private static final class Waiting {
        final Publication publication;
        final CompletableFuture<Position> answer;

        @Nullable
        Position stored;

        Waiting(Publication publication, CompletableFuture<Position> answer) {
            this.publication = publication;
            this.answer = answer;
        }
    }

    private final SimulatedNode node;
    private final SimulatedNetwork network;
    private final Deque<Waiting> queue = new ArrayDeque<>();
    private final List<Waiting> batch = new ArrayList<>();
    private boolean stalled;

    SimulatedLane(SimulatedNode node, SimulatedNetwork network) {
        this.node = node;
        this.network = network;
    }

    void add(Publication publication, CompletableFuture<Position> answer) {
        Waiting waiting = new Waiting(publication, answer);
        queue.add(waiting);
        network.time.after(network.publishTimeout, () -> expire(waiting));
        send();
    }

    private void expire(Waiting waiting) {
        if (!waiting.answer.isDone()) {
            queue.remove(waiting);
            fail(waiting, "the store could not be reached in time; whether the record is stored is not known");
        }
    }

    void reachable() {
        if (stalled) {
            stalled = false;
            later(this::arrive);
        } else {
            send();
        }
    }

    void close() {
        List<Waiting> open = new ArrayList<>(batch);
        open.addAll(queue);
        batch.clear();
        queue.clear();
        open.forEach(waiting -> fail(waiting, "the broadcaster was closed while the record waited"));
    }

    private void send() {
        if (!batch.isEmpty() || queue.isEmpty() || !node.reachable()) {
            return;
        }
        while (batch.size() < BATCH && !queue.isEmpty()) {
            batch.add(queue.remove());
        }
        later(this::arrive);
    }

    private void arrive() {
        if (cutOff()) {
            return;
        }
        List<Waiting> fresh = new ArrayList<>();
        for (Waiting waiting : batch) {
            Position stored = waiting.stored;
            if (stored == null || !network.store.holds(waiting.publication.topic(), stored)) {
                fresh.add(waiting);
            }
        }
        List<Position> positions =
                network.append(fresh.stream().map(w -> w.publication).toList());
        for (int i = 0; i < positions.size(); i++) {
            fresh.get(i).stored = positions.get(i);
        }
        later(this::acknowledge);
    }

    private void acknowledge() {
        if (cutOff()) {
            return;
        }
        List<Waiting> done = new ArrayList<>(batch);
        batch.clear();
        done.forEach(waiting -> waiting.answer.complete(waiting.stored));
        send();
    }

    private boolean cutOff() {
        stalled = !batch.isEmpty() && !node.reachable();
        return stalled || batch.isEmpty();
    }

    private void later(Runnable step) {
        Duration lag = network.turbulence.publishLag();
        network.time.after(lag, step);
    }

    private static void fail(Waiting waiting, String why) {
        waiting.answer.completeExceptionally(new TelemetryException(ErrorCode.UNAVAILABLE, why));
    }
}
