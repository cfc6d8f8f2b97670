package live.telemetry.examples.host;

import java.util.Optional;
import oshi.hardware.CentralProcessor.TickType;

/**
 * How a processor spent the time between two samples.
 *
 * @param percent busy, with anything; 0 to 100
 * @param user in programs, nice ones included
 * @param system in the kernel, interrupts included
 * @param iowait idle, since a disk was waited for
 * @param steal taken by the hypervisor for others
 */
record CpuUsage(double percent, double user, double system, double iowait, double steal) {

    /**
     * From the ticks that an operating system counts, in the order of {@link TickType}.
     *
     * @return empty if no tick passed: counters of 10 ms, asked again too soon
     */
    static Optional<CpuUsage> between(long[] before, long[] after) {
        long all = 0;
        for (TickType type : TickType.values()) {
            all += ticks(type, before, after);
        }
        if (all <= 0) {
            return Optional.empty();
        }
        long user = ticks(TickType.USER, before, after) + ticks(TickType.NICE, before, after);
        long system = ticks(TickType.SYSTEM, before, after)
                + ticks(TickType.IRQ, before, after)
                + ticks(TickType.SOFTIRQ, before, after);
        long iowait = ticks(TickType.IOWAIT, before, after);
        long steal = ticks(TickType.STEAL, before, after);
        return Optional.of(new CpuUsage(
                Round.percent(user + system + steal, all),
                Round.percent(user, all),
                Round.percent(system, all),
                Round.percent(iowait, all),
                Round.percent(steal, all)));
    }

    /** Kernels let some counters go back a little, iowait for one. */
    private static long ticks(TickType type, long[] before, long[] after) {
        return Math.max(0, after[type.getIndex()] - before[type.getIndex()]);
    }
}
