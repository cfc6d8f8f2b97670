package live.telemetry.client;

import live.telemetry.core.envelope.Mode;
import live.telemetry.core.envelope.Since;

/**
 * Where a subscription begins, and which records it sees.
 *
 * @param since where to begin the first time; after that the client resumes by itself
 * @param mode every record, or the latest of each key at a bounded rate
 */
public record SubscribeOptions(Since since, Mode mode) {

    /** From now on, every record. */
    public static final SubscribeOptions DEFAULT = new SubscribeOptions(Since.NOW, Mode.ALL);

    /**
     * Every record from a beginning.
     *
     * @param since where to begin
     * @return the options
     */
    public static SubscribeOptions from(Since since) {
        return new SubscribeOptions(since, Mode.ALL);
    }

    /**
     * The same with another beginning.
     *
     * @param since where to begin
     * @return new options
     */
    public SubscribeOptions withSince(Since since) {
        return new SubscribeOptions(since, mode);
    }

    /**
     * The same in another mode.
     *
     * @param mode for example {@code Mode.conflated(10)}
     * @return new options
     */
    public SubscribeOptions withMode(Mode mode) {
        return new SubscribeOptions(since, mode);
    }
}
