package live.telemetry.server.sampling;

import java.util.List;

/**
 * How sampling fares, counted since the start; the sums of what {@link SourceStats} has for each source.
 *
 * @param samples how often sources returned
 * @param failures how often they threw, and values that could not be written as JSON or could not be published
 * @param skipped ticks that were left out, since the previous sample of that source was not done
 * @param delayed samples that waited for a thread, since as many sources as there may be threads were busy
 * @param sources one for each source, in their order
 */
public record SamplerStats(long samples, long failures, long skipped, long delayed, List<SourceStats> sources) {

    /** Copies the list. */
    public SamplerStats {
        sources = List.copyOf(sources);
    }

    static SamplerStats of(List<SourceStats> sources, long delayed) {
        return new SamplerStats(
                sources.stream().mapToLong(SourceStats::samples).sum(),
                sources.stream().mapToLong(SourceStats::failures).sum(),
                sources.stream().mapToLong(SourceStats::skipped).sum(),
                delayed,
                sources);
    }
}
