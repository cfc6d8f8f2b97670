package live.telemetry.benchmarks.suite;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
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
        return start(contender, ServerOptions.DEFAULT);
    }

    RunningServer start(Contender contender, ServerOptions others) throws Exception {
        List<String> arguments = new ArrayList<>();
        SSLContext client = null;
        if (!others.flushInterval().isZero()) {
            arguments.add("flush-interval=" + others.flushInterval());
        }
        if (others.tls()) {
            TlsMaterial tls = TlsMaterial.make();
            arguments.add("key-store=" + tls.keyStore());
            arguments.add("password=" + tls.password());
            client = tls.client();
        }
        return RunningServer.start(contender.command(options.jvmOptions(), arguments), client);
    }

    LoadClient client() {
        return new LoadClient(options.clientThreads());
    }
}
