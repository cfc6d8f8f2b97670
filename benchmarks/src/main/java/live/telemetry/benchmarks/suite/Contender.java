package live.telemetry.benchmarks.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import live.telemetry.benchmarks.client.ReaderPlan;
import live.telemetry.benchmarks.contender.JavaWebSocketFanOut;
import live.telemetry.benchmarks.contender.JettyFanOut;
import live.telemetry.benchmarks.contender.NettyFanOut;
import live.telemetry.benchmarks.contender.TelemetryFanOut;
import org.jspecify.annotations.Nullable;

/** The servers that are measured. */
enum Contender {
    TELEMETRY("Telemetry Live", TelemetryFanOut.class),
    FLOOR("C, epoll, one write a record", null),
    JAVA_WEBSOCKET("Java-WebSocket, broadcast", JavaWebSocketFanOut.class),
    JETTY("Jetty 12", JettyFanOut.class),
    NETTY("Netty 4.1", NettyFanOut.class);

    private final String title;
    private final Optional<Class<?>> main;

    Contender(String title, @Nullable Class<?> main) {
        this.title = title;
        this.main = Optional.ofNullable(main);
    }

    static Contender named(String name) {
        try {
            return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("unknown contender: " + name + "; there are " + names(), e);
        }
    }

    static String names() {
        return List.of(values()).stream()
                .map(contender -> contender.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .toList()
                .toString();
    }

    String title() {
        return title;
    }

    /** The command that runs it. */
    List<String> command(List<String> jvmOptions, List<String> arguments) throws Exception {
        if (main.isEmpty()) {
            return List.of(FloorCompiler.binary()
                    .orElseThrow(() -> new IllegalStateException("there is no C compiler (cc) here"))
                    .toString());
        }
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(jvmOptions);
        // There is another logback.xml on the class path, that of the examples; and standard output is for answers.
        command.add("-Dlogback.configurationFile=logback-benchmarks.xml");
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), main.get().getName()));
        command.addAll(arguments);
        return command;
    }

    /** Reads every record of the load's first topic. */
    ReaderPlan readerOfLoad() {
        return this == TELEMETRY ? ReaderPlan.of("load.0") : ReaderPlan.everything();
    }
}
