package live.telemetry.redis;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.stream.Stream;

/** A server on Redis in a process of its own. */
final class ServerProcess implements AutoCloseable {

    private final ForkedJvm jvm;
    private int port;

    private ServerProcess(String redisUri) {
        jvm = new ForkedJvm(Main.class, redisUri);
    }

    /** Starts some at once, and waits until each listens. */
    static List<ServerProcess> start(int count, String redisUri) {
        List<ServerProcess> all =
                Stream.generate(() -> new ServerProcess(redisUri)).limit(count).toList();
        all.forEach(server -> server.port = Integer.parseInt(String.valueOf(server.jvm.readLine())));
        return all;
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    /** As {@code kill -9}. */
    void kill() {
        jvm.kill();
    }

    @Override
    public void close() {
        jvm.close();
    }

    /** Prints the port that it listens on. */
    static final class Main {

        public static void main(String[] arguments) throws IOException {
            try (Nodes nodes = new Nodes(arguments[0])) {
                System.out.println(nodes.start().port());
                // Ends when whoever started it does, however that ends.
                System.in.transferTo(OutputStream.nullOutputStream());
            }
        }
    }
}
