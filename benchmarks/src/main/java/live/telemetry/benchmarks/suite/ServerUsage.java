package live.telemetry.benchmarks.suite;

import java.util.Map;
import java.util.OptionalLong;

/**
 * What a server has used at one moment.
 *
 * @param figures what the system knows
 * @param own what the server says of itself, by name, in bytes; empty for one that is no JVM
 */
record ServerUsage(ProcessFigures figures, Map<String, Long> own) {

    OptionalLong since(ServerUsage before, String name) {
        Long now = own.get(name);
        Long then = before.own.get(name);
        return now == null || then == null ? OptionalLong.empty() : OptionalLong.of(now - then);
    }

    double cpuSecondsSince(ServerUsage before) {
        return figures.cpuSeconds() - before.figures.cpuSeconds();
    }

    long residentSince(ServerUsage before) {
        return figures.residentBytes() - before.figures.residentBytes();
    }
}
