package live.telemetry.examples.cluster;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Three nodes on one Redis; a client moves between them while records flow, and prints that it has every one of them once. Ends on
 * Ctrl-C, or after {@code --seconds N}.
 */
public final class ClusterDemo {

    private static final int EXIT_FAILED = 1;
    private static final int EXIT_USAGE = 2;

    private ClusterDemo() {}

    /**
     * Runs until the process is told to end, or for as long as it was told.
     *
     * @param args none, or {@code --seconds N}
     * @throws IOException if there is no Redis that could be started
     * @throws InterruptedException if the main thread is interrupted
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        Duration length = length(args);
        if (length == null) {
            System.err.println("takes no argument, or --seconds N, with N from 1 on");
            System.exit(EXIT_USAGE);
            return;
        }
        boolean flawless;
        try (RunningCluster cluster = RunningCluster.start(System.out)) {
            Thread closing = new Thread(cluster::close, "cluster-demo-shutdown");
            Runtime.getRuntime().addShutdownHook(closing);
            flawless = cluster.run(length).flawless();
        }
        if (!flawless) {
            System.exit(EXIT_FAILED);
        }
    }

    private static @Nullable Duration length(String[] args) {
        if (args.length == 0) {
            return Duration.ofDays(365);
        }
        try {
            long seconds = args.length == 2 && args[0].equals("--seconds") ? Integer.parseInt(args[1]) : 0;
            return seconds < 1 ? null : Duration.ofSeconds(seconds);
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
