package live.telemetry.benchmarks.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What Linux knows of a process, from {@code /proc}.
 *
 * @param cpuSeconds user and system time of all its threads since it began, in steps of 10 ms
 * @param residentBytes memory that it has in RAM
 */
record ProcessFigures(double cpuSeconds, long residentBytes) {

    /** {@code sysconf(_SC_CLK_TCK)}, which is 100 wherever Java runs on Linux. */
    private static final double TICKS_PER_SECOND = 100;

    /** Fields of {@code stat} behind the name, which may have spaces and ends with a parenthesis; see proc(5). */
    private static final int UTIME = 11;

    private static final int STIME = 12;

    static ProcessFigures of(long pid) throws IOException {
        Path directory = Path.of("/proc", Long.toString(pid));
        return new ProcessFigures(
                cpuSeconds(Files.readString(directory.resolve("stat"))),
                residentBytes(Files.readString(directory.resolve("status"))));
    }

    static double cpuSeconds(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME])) / TICKS_PER_SECOND;
    }

    static long residentBytes(String status) {
        return status.lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElse(0);
    }
}
