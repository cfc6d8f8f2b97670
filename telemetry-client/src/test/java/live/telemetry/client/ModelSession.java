package live.telemetry.client;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import live.telemetry.client.ModelWire.Faults;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.Topic;
import live.telemetry.core.envelope.ClientEnvelope;
import live.telemetry.core.envelope.ClientEnvelope.Resync;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;
import live.telemetry.core.envelope.ClientEnvelope.Unsubscribe;
import live.telemetry.core.envelope.GapReason;
import live.telemetry.core.envelope.ServerEnvelope.Data;
import live.telemetry.core.envelope.ServerEnvelope.Failure;
import live.telemetry.core.envelope.ServerEnvelope.Gap;
import live.telemetry.core.envelope.ServerEnvelope.Resynced;
import live.telemetry.core.envelope.ServerEnvelope.Resyncing;
import org.jspecify.annotations.Nullable;

/** The server's side of one connection, as {@code docs/PROTOCOL.md} has it, in steps. */
final class ModelSession {

    private final ModelWire wire;
    private final Map<Topic, ModelTopic> logs;
    private final Set<Topic> denied;
    private final Random random;
    private final ModelStore store;
    private final int maxResync;
    private final ModelSubscriptions subscriptions;
    private final Queue<Resync> replays = new ArrayDeque<>();

    /**
     * @param denied what the client may not read
     * @param maxResync so many numbers are answered at once
     */
    ModelSession(
            ModelWire wire,
            Map<Topic, ModelTopic> logs,
            Set<Topic> denied,
            Random random,
            ModelStore store,
            int maxResync) {
        this.wire = wire;
        this.logs = logs;
        this.denied = denied;
        this.random = random;
        this.store = store;
        this.maxResync = maxResync;
        this.subscriptions = new ModelSubscriptions(wire, logs, denied, store);
    }

    ModelSubscriptions subscriptions() {
        return subscriptions;
    }

    boolean handleRequest() {
        ClientEnvelope request = wire.toServer.poll();
        if (request instanceof Subscribe subscribe) {
            subscriptions.subscribe(subscribe);
        } else if (request instanceof Unsubscribe unsubscribe) {
            subscriptions.unsubscribe(unsubscribe);
        } else if (request instanceof Resync resync) {
            resync(resync);
        }
        return request != null;
    }

    boolean lookUp() {
        return store.answer();
    }

    boolean replay() {
        Resync next = replays.poll();
        if (next != null) {
            answer(next);
        }
        return next != null;
    }

    /** Moves some cursor. */
    void write(int room) {
        List<ModelCursor> all = subscriptions.cursors();
        if (!all.isEmpty()) {
            write(all.get(random.nextInt(all.size())), room);
        }
    }

    void writeAll() {
        subscriptions.cursors().forEach(cursor -> write(cursor, Integer.MAX_VALUE));
    }

    private void write(ModelCursor cursor, int room) {
        if (cursor.awaitsLookUp() && store.isAway()) {
            Long id = cursor.requestId();
            if (id != null) {
                cursor.goBack();
                subscriptions.failed(cursor.owner, id);
            }
            return;
        }
        if (cursor.awaitsLookUp()) {
            cursor.lookedUp();
        }
        cursor.fill(room);
    }

    boolean isEmpty() {
        return subscriptions.isEmpty();
    }

    // ---- resync

    private void resync(Resync request) {
        if (denied.contains(request.topic())) {
            fail(request.id(), ErrorCode.FORBIDDEN);
        } else if (request.to() - request.from() >= maxResync) {
            fail(request.id(), ErrorCode.RANGE_TOO_LARGE);
        } else {
            store.ask(() -> {
                if (store.isAway()) {
                    fail(request.id(), ErrorCode.UNAVAILABLE);
                } else {
                    replays.add(request);
                }
            });
        }
    }

    private void answer(Resync request) {
        ModelTopic log = logs.get(request.topic());
        if (denied.contains(request.topic())) {
            fail(request.id(), ErrorCode.FORBIDDEN);
            return;
        }
        Topic topic = request.topic();
        Long id = request.id();
        if (!log.epoch().equals(request.epoch()) || !log.isBorn()) {
            wire.say(new Resyncing(id, topic, request.epoch(), request.from(), request.to()), Faults.NONE);
            wire.say(
                    new Gap(
                            id,
                            topic,
                            request.epoch(),
                            request.from(),
                            request.to(),
                            request.to() + 1,
                            GapReason.EPOCH_CHANGED,
                            null),
                    Faults.NONE);
            wire.say(new Resynced(id, topic, request.from(), request.to()), Faults.NONE);
            return;
        }
        long to = Math.min(request.to(), Math.max(log.head().seq(), request.from() - 1));
        wire.say(new Resyncing(id, topic, request.epoch(), request.from(), to), Faults.NONE);
        long next = request.from();
        if (next < log.first() && next <= to) {
            long last = Math.min(to, log.first() - 1);
            wire.say(new Gap(id, topic, request.epoch(), next, last, last + 1, GapReason.EXPIRED, null), Faults.ANY);
            next = last + 1;
        }
        while (next <= to && !(!store.isCalm() && next > request.from() && random.nextInt(20) == 0)) {
            wire.say(new Data(log.record(next++)), Faults.ANY);
        }
        wire.say(new Resynced(id, topic, request.from(), next - 1), Faults.NONE);
    }

    private void fail(@Nullable Long id, ErrorCode code) {
        wire.say(new Failure(id, code, "as the model wants it"), Faults.NONE);
    }
}
