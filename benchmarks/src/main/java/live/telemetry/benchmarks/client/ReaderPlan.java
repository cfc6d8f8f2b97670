package live.telemetry.benchmarks.client;

import java.util.List;
import java.util.stream.IntStream;
import live.telemetry.core.TopicPattern;
import live.telemetry.core.envelope.ClientEnvelope.Subscribe;
import live.telemetry.core.envelope.Mode;
import live.telemetry.core.envelope.Since;

/**
 * What one reader is to do.
 *
 * @param carrier how it reads
 * @param role what it does with its connection
 * @param subscriptions what it asks for; empty for a server that sends everything to everybody
 * @param expected records after which it is {@linkplain LoadClient.Opening#awaitWhole whole}; 0 if nobody asks
 */
public record ReaderPlan(Carrier carrier, Role role, List<Subscribe> subscriptions, long expected) {

    /** Records that a {@link Role#REPLAYING} reader asks for at a time. */
    public static final int REPLAYED_RECORDS = 1_000;

    /** Copies the list. */
    public ReaderPlan {
        subscriptions = List.copyOf(subscriptions);
    }

    /**
     * Reads over WebSocket whatever comes, without a subscription.
     *
     * @return for servers that know no topics
     */
    public static ReaderPlan everything() {
        return new ReaderPlan(Carrier.WEB_SOCKET, Role.LIVE, List.of(), 0);
    }

    /**
     * Reads every record of topics or patterns over WebSocket, from now on.
     *
     * @param patterns at least one
     * @return the plan
     */
    public static ReaderPlan of(String... patterns) {
        return everything().subscribing(Since.NOW, Mode.ALL, patterns);
    }

    /**
     * The same with other subscriptions.
     *
     * @param since where they begin
     * @param mode every record, or the latest of each key
     * @param patterns topics or patterns
     * @return a new plan
     */
    public ReaderPlan subscribing(Since since, Mode mode, String... patterns) {
        List<Subscribe> wanted = IntStream.range(0, patterns.length)
                .mapToObj(i -> new Subscribe((long) i, TopicPattern.of(patterns[i]), since, mode))
                .toList();
        return new ReaderPlan(carrier, role, wanted, expected);
    }

    /**
     * The same over another carrier.
     *
     * @param other the carrier
     * @return a new plan
     */
    public ReaderPlan over(Carrier other) {
        return new ReaderPlan(other, role, subscriptions, expected);
    }

    /**
     * The same in another role.
     *
     * @param other the role
     * @return a new plan
     */
    public ReaderPlan as(Role other) {
        return new ReaderPlan(carrier, other, subscriptions, expected);
    }

    /**
     * The same, whole after so many records.
     *
     * @param records how many
     * @return a new plan
     */
    public ReaderPlan expecting(long records) {
        return new ReaderPlan(carrier, role, subscriptions, records);
    }
}
