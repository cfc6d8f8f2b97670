package live.telemetry.examples.demo;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** Serves live metrics of this machine; {@code --help} lists the options. Ends on Ctrl-C or SIGTERM. */
public final class Demo {

    private static final int EXIT_FAILED = 1;
    private static final int EXIT_USAGE = 2;

    /** Less than the two seconds after which people press Ctrl-C once more. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(1_800);

    private Demo() {}

    /**
     * Runs until the process is told to end.
     *
     * @param args see {@code --help}
     * @throws InterruptedException if the main thread is interrupted
     */
    public static void main(String[] args) throws InterruptedException {
        DemoOptions options;
        try {
            options = DemoOptions.parse(args);
        } catch (BadOptionException e) {
            fail(e.getMessage() + System.lineSeparator() + "--help lists the options", EXIT_USAGE);
            return;
        }
        if (options.help()) {
            System.out.print(DemoOptions.HELP);
            return;
        }
        RunningDemo demo;
        try {
            demo = RunningDemo.start(options);
        } catch (RuntimeException e) {
            fail("cannot start on " + options.host() + ':' + options.port() + ": " + e.getMessage(), EXIT_FAILED);
            return;
        }
        closeAtExit(demo);
        announce(demo);
        new CountDownLatch(1).await();
    }

    private static void fail(String message, int status) {
        System.err.println(message);
        System.exit(status);
    }

    private static void closeAtExit(RunningDemo demo) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> demo.closeWithin(CLOSE_TIMEOUT), "demo-shutdown"));
    }

    private static void announce(RunningDemo demo) {
        System.out.println("dashboard: " + demo.dashboardUrl());
        System.out.println("listening on " + demo.url());
        demo.token().ifPresent(token -> System.out.println("token: " + token));
        String authorization = demo.token()
                .map(token -> " -H 'Authorization: Bearer " + token + "'")
                .orElse("");
        System.out.println(
                "try: npx --yes wscat -s telemetry.v1 -c " + demo.url().replaceFirst("^http", "ws") + authorization
                        + " -w 60 -x '{\"type\":\"subscribe\",\"id\":1,\"topic\":\">\",\"since\":\"snapshot\"}'");
        System.out.flush();
    }
}
