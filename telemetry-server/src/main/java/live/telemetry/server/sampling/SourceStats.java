package live.telemetry.server.sampling;

import live.telemetry.core.Topic;

/**
 * How one metric source fares, counted since the start.
 *
 * @param topic its topic
 * @param samples how often it returned, with something or with null
 * @param failures how often it threw, and values that could not be written as JSON or could not be published
 * @param skipped ticks that were left out, since the previous sample was still running or waited for a thread
 */
public record SourceStats(Topic topic, long samples, long failures, long skipped) {}
