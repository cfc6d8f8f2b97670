package live.telemetry.client;

import live.telemetry.core.TelemetryRecord;

/**
 * Receives the records of a subscription. Called on a thread of the client, or on the executor given
 * to {@link TelemetryClientBuilder#listenerExecutor}, one call at a time and in order. A slow listener makes the client stop
 * reading; nothing is lost by that unless the server's retention runs out. What a listener throws is counted and logged, and
 * the next record follows.
 */
@FunctionalInterface
public interface RecordListener {

    /**
     * A record, each exactly once. Per topic they come in the order of their numbers, contiguous in mode {@code all} but for
     * {@linkplain #onGap gaps}; those of a snapshot, the latest of each key, come first and may skip numbers.
     *
     * @param record the record
     */
    void onRecord(TelemetryRecord record);

    /**
     * Records are gone for good; the next record is the one after {@link GapEvent#position()}.
     *
     * @param gap which ones, and why
     */
    default void onGap(GapEvent gap) {}

    /**
     * The server has ended the subscription; nothing follows.
     *
     * @param end why
     */
    default void onEnd(EndEvent end) {}
}
