package live.telemetry.examples.load;

/**
 * What became of the load.
 *
 * @param published records that were handed to the publisher
 * @param failed those of them that it refused, at once or later
 * @param leftOut records that were never built, since the generator was too far behind
 */
public record LoadStats(long published, long failed, long leftOut) {}
