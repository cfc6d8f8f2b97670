package live.telemetry.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.Mode;
import live.telemetry.core.envelope.Since;
import org.jspecify.annotations.Nullable;

/**
 * One topic or pattern as it is subscribed at the server, for all of the application's subscriptions of that text. It has no
 * members where it serves only to move the cursor of a topic that a pattern has brought. Only on the loop.
 */
final class WireSubscription {

    final TopicPattern pattern;
    final List<ActiveSubscription> members = new ArrayList<>(1);

    /** As it was last asked for. */
    Mode mode = Mode.ALL;

    /** What the server has answered last, or is being asked. */
    Beginning begins = Beginning.RESUME;

    /** Of the request that is under way, or -1. */
    long requestId = -1;

    boolean accepted;

    /** What is to be asked for after the request under way. */
    final Queue<Beginning> next = new ArrayDeque<>(1);

    int refusals;
    ClientLoop.@Nullable Timer retry;

    /**
     * Where it begins, and on whose behalf.
     *
     * @param since null for wherever its members are
     * @param members those that begin by it
     * @param readers those for which a topic's cursor is moved
     */
    record Beginning(@Nullable Since since, List<ActiveSubscription> members, List<TopicReader> readers) {

        static final Beginning RESUME = new Beginning(null, List.of(), List.of());

        static Beginning rewind(Since since, List<TopicReader> readers) {
            return new Beginning(since, List.of(), readers);
        }

        boolean isRewind() {
            return !readers.isEmpty();
        }

        List<TopicReader> openReaders() {
            return readers.stream()
                    .filter(reader -> !reader.subscription.isClosed())
                    .toList();
        }
    }

    WireSubscription(TopicPattern pattern) {
        this.pattern = pattern;
    }

    boolean isAsked() {
        return requestId >= 0;
    }

    /** Whether somebody still waits for it. */
    boolean isNeeded() {
        return !members.isEmpty()
                || (isAsked() && !begins.openReaders().isEmpty())
                || next.stream().anyMatch(beginning -> !beginning.openReaders().isEmpty());
    }

    /** The connection is lost: nothing is on the wire any more. */
    void disconnected() {
        requestId = -1;
        accepted = false;
        next.clear();
        cancelRetry();
        members.forEach(ActiveSubscription::disconnected);
    }

    void cancelRetry() {
        if (retry != null) {
            retry.cancel();
            retry = null;
        }
    }
}
