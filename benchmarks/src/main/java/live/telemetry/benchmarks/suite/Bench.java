package live.telemetry.benchmarks.suite;

import java.time.Duration;
import java.util.List;
import live.telemetry.benchmarks.client.LoadClient;

/** Where variants are measured: starts servers and load clients as the options say. For one thread. */
final class Bench {

    /** Bytes of a record's data. */
    static final int RECORD_BYTES = 190;

    /** For thousands of connections, beside everything else that the machine does. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final SuiteOptions options;

    Bench(SuiteOptions options) {
        this.options = options;
    }

    SuiteOptions options() {
        return options;
    }

    RunningServer start(Contender contender) throws Exception {
        return RunningServer.start(contender.command(options.jvmOptions(), List.of()), null);
    }

    RunningServer startWithTls() throws Exception {
        TlsMaterial tls = TlsMaterial.make();
        return RunningServer.start(
                Contender.TELEMETRY.command(options.jvmOptions(), tls.serverArguments()), tls.client());
    }

    LoadClient client() {
        return new LoadClient(options.clientThreads());
    }
}
