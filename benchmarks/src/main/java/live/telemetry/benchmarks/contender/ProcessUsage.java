package live.telemetry.benchmarks.contender;

import com.sun.management.ThreadMXBean;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;

/**
 * What this process has used, as far as only the process itself knows.
 *
 * @param allocated bytes of heap that the threads which are alive have allocated since they began
 * @param heap bytes of heap in use, garbage included
 * @param direct bytes of direct buffers
 */
record ProcessUsage(long allocated, long heap, long direct) {

    static ProcessUsage now() {
        long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        return new ProcessUsage(allocatedByThreads(), heap, direct);
    }

    static ProcessUsage afterCollection() {
        // The first lets references go, the second what they led to.
        System.gc();
        System.gc();
        return now();
    }

    private static long allocatedByThreads() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long sum = 0;
        for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
            // A thread that has ended meanwhile answers -1.
            sum += Math.max(0, bytes);
        }
        return sum;
    }

    @Override
    public String toString() {
        return "allocated=" + allocated + " heap=" + heap + " direct=" + direct;
    }
}
