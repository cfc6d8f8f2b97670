package live.telemetry.examples.host;

/**
 * What went through an interface between two samples.
 *
 * @param rxBytesPerSecond received
 * @param txBytesPerSecond sent
 * @param rxPacketsPerSecond received
 * @param txPacketsPerSecond sent
 */
record NetworkRates(long rxBytesPerSecond, long txBytesPerSecond, long rxPacketsPerSecond, long txPacketsPerSecond) {}
