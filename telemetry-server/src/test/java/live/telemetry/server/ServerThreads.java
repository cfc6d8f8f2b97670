package live.telemetry.server;

import java.util.List;

/** The threads of a node, by their names. */
final class ServerThreads {

    private ServerThreads() {}

    static List<String> of(String node) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("telemetry-" + node + "-"))
                .sorted()
                .toList();
    }
}
